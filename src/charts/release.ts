import { mergeOverrides, valueAt } from "../config/helm-values.js";
import { collectProblems } from "../problems.js";
import { isMapping, setKey, type YamlMapping, type YamlValue } from "../yaml/kind.js";
import { readMapping } from "../yaml/mapping-file.js";

/** A chart as deployed by an environment. */
export interface Release {
  readonly application: string;
  /** The directory of the chart in the tree. */
  readonly directory: string;
  /** What Helm calls it. */
  readonly name: string;
  readonly namespace: string;
  /** Values files, by path relative to the chart. */
  readonly valueFiles: readonly string[];
  /** Values in the Argo CD Application itself. */
  readonly values: YamlMapping | undefined;
  readonly parameters: readonly Parameter[];
}

/** One value set by path, as with `helm --set`. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly isString: boolean;
}

/** Parses a text as a mapping; empty if it is not one. */
export function mappingOf(content: Uint8Array | string | undefined): YamlMapping {
  if (content === undefined) return {};
  const text = typeof content === "string" ? content : new TextDecoder().decode(content);
  return readMapping(text, () => "", collectProblems())?.value ?? {};
}

/** The values passed to a chart, as far as its templates need them. */
export function mergedValues(
  files: ReadonlyMap<string, Uint8Array>,
  given: readonly Uint8Array[],
  { values, parameters }: Pick<Release, "values" | "parameters">,
): YamlMapping {
  let merged = mappingOf(files.get("values.yaml"));
  for (const file of given) merged = mergeOverrides(merged, mappingOf(file));
  if (values) merged = mergeOverrides(merged, values);
  for (const { name, value, isString } of parameters) {
    const parts = name.split(".");
    if (parts.some((part) => !/^[\w-]+$/.test(part))) continue;
    let nested: YamlValue = isString ? value : typed(value);
    for (const part of parts.toReversed()) {
      const outer: YamlMapping = {};
      setKey(outer, part, nested);
      nested = outer;
    }
    if (isMapping(nested)) merged = mergeOverrides(merged, nested);
  }
  return merged;
}

/** A value as `helm --set` understands it. */
function typed(value: string): YamlValue {
  if (value === "true" || value === "false") return value === "true";
  if (value === "null") return null;
  return /^(0|-?[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}

/** Whether a condition of a dependency disables it: of several paths, the first one that is set decides. */
export function isSwitchedOff(condition: unknown, values: YamlMapping): boolean {
  if (typeof condition !== "string") return false;
  const said = condition
    .split(",")
    .map((path) => valueAt(values, path.trim()))
    .find((value) => typeof value === "boolean");
  return said === false;
}
