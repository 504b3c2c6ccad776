import type * as z from "zod/mini";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Problems } from "../problems.js";
import { isMapping, kindOf, type YamlValue } from "../yaml/kind.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { type About, reportIssues } from "../yaml/schema-problems.js";

/** A place in the file of static secrets. */
export interface Place {
  readonly path: readonly string[];
  readonly value: YamlValue;
}

/** Reads a file of static secrets place by place, reporting whatever is wrong. */
export interface FileWalk {
  /** The entries of a mapping by name, in the order of the file; none if it is no mapping. */
  entries(place: Place): ReadonlyMap<string, Place>;
  /** What stands at a place if it has the right shape. `fields` are suggested for those that are unknown. */
  leaf<T extends z.ZodMiniType>(place: Place, schema: T, fields?: readonly string[]): z.infer<T> | undefined;
  /** Where a path leads, and the secret where it is about one. */
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
