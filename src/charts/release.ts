import { mergeOverrides, valueAt } from "../config/helm-values.js";
import { collectProblems } from "../problems.js";
import { isMapping, setKey, type YamlMapping, type YamlValue } from "../yaml/kind.js";
import { readMapping } from "../yaml/mapping-file.js";

/** A chart as an environment deploys it. */
export interface Release {
  readonly application: string;
  /** The directory of the chart in the tree. */
  readonly directory: string;
  /** What Helm calls it. */
  readonly name: string;
  readonly namespace: string;
  /** Values files, by their paths from the chart. */
  readonly valueFiles: readonly string[];
  /** Values that the Argo CD Application holds itself. */
  readonly values: YamlMapping | undefined;
  readonly parameters: readonly Parameter[];
}

/** One value that is set by its path, as `helm --set` does. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly isString: boolean;
}

/** A text as the mapping that it is; empty where it is none. */
export function mappingOf(content: Uint8Array | string | undefined): YamlMapping {
  if (content === undefined) return {};
  const text = typeof content === "string" ? content : new TextDecoder().decode(content);
  return readMapping(text, () => "", collectProblems())?.value ?? {};
}

/** The values that a chart is given, as far as its templates are read for them. */
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

/** Whether a condition of a dependency switches it off: of several paths the first that says anything. */
export function isSwitchedOff(condition: unknown, values: YamlMapping): boolean {
  if (typeof condition !== "string") return false;
  const said = condition
    .split(",")
    .map((path) => valueAt(values, path.trim()))
    .find((value) => typeof value === "boolean");
  return said === false;
}
