import type * as z from "zod/mini";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Problems } from "../problems.js";
import { isMapping, kindOf, type YamlValue } from "../yaml/kind.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { type About, reportIssues } from "../yaml/schema-problems.js";

/** A position in the static secrets file. */
export interface Place {
  readonly path: readonly string[];
  readonly value: YamlValue;
}

/** Reads a static secrets file element by element, and reports all problems. */
export interface FileWalk {
  /** The entries of a mapping by name, in file order; none if it is not a mapping. */
  entries(place: Place): ReadonlyMap<string, Place>;
  /** The element at a position if it has the right shape. `fields` are suggested in place of unknown ones. */
  leaf<T extends z.ZodMiniType>(place: Place, schema: T, fields?: readonly string[]): z.infer<T> | undefined;
  /** The subject of a path: its position, and its secret if it has one. */
  about(path: readonly (string | number)[], what?: "key" | "value"): About;
}

export function walkFile(file: MappingFile, problems: Problems): FileWalk {
  const about: FileWalk["about"] = (path, what) => {
    const place = file.position(path, what);
    const [top, application, key] = path;
    if (top !== "applications" || application === undefined || key === undefined) return { place };
    return { subject: { application: String(application), key: String(key) }, place };
  };
  return {
    about,
    entries: ({ path, value }) => {
      if (isMapping(value)) {
        const keys = file.keys(path);
        return new Map(keys.map((key) => [key, { path: [...path, key], value: value[key] as YamlValue }]));
      }
      const details = { field: path.at(-1), is: kindOf(value), needed: "mapping" } as const;
      problems.add(diagnostic("field-wrong-type", details, about(path, "value")));
      return new Map();
    },
    leaf: ({ path, value }, schema, fields = []) => {
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      const issues = result.error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
      reportIssues(issues, { value: file.value, about, fields: () => fields, secret: true }, problems);
      return undefined;
    },
  };
}
