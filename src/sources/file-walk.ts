import type * as z from "zod/mini";
import type { Problems } from "../problems.js";
import { describeKind, isMapping } from "../yaml/kind.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import type { YamlValue } from "../yaml/parse.js";
import { placeText } from "../yaml/position.js";
import { reportIssues } from "../yaml/schema-problems.js";

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
  /** `file:line:column`, and the secret where it is about one. */
  prefix(path: readonly (string | number)[], what?: "key" | "value"): string;
}

export function walkFile(file: MappingFile, problems: Problems): FileWalk {
  const prefix: FileWalk["prefix"] = (path, what) => {
    const position = placeText(file.position(path, what));
    return path[0] === "applications" && path.length > 2 ? `${position}: ${path[1]}/${path[2]}` : position;
  };
  return {
    prefix,
    entries: ({ path, value }) => {
      if (isMapping(value)) {
        const keys = file.keys(path);
        return new Map(keys.map((key) => [key, { path: [...path, key], value: value[key] as YamlValue }]));
      }
      problems.add(`${prefix(path, "value")}: "${path.at(-1)}" is ${describeKind(value)}; it must be a mapping`);
      return new Map();
    },
    leaf: ({ path, value }, schema, fields = []) => {
      const result = schema.safeParse(value);
      if (result.success) return result.data;
      const issues = result.error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
      reportIssues(issues, { value: file.value, prefix, fields: () => fields, secret: true }, problems);
      return undefined;
    },
  };
}
