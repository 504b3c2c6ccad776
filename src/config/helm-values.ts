import { isMapping, setKey, type YamlMapping, type YamlValue } from "../yaml/kind.js";

/** How values are read: no condition leads through a key that is not a string, as in the original. */
export const HELM_VALUES = { warnOfOddKeys: false, oddKeysApart: true } as const;

/** Merges like Helm and the original: mappings key by key; anything else, including null, replaces. */
export function mergeOverrides(base: YamlMapping, overrides: YamlMapping): YamlMapping {
  const merged: YamlMapping = { ...base };
  for (const [key, value] of Object.entries(overrides)) {
    const old = Object.hasOwn(merged, key) ? merged[key] : undefined;
    setKey(merged, key, isMapping(old) && isMapping(value) ? mergeOverrides(old, value) : value);
  }
  return merged;
}

/** Whether a text can be a condition at all: dot-separated, non-empty components without whitespace. */
export function isConditionPath(text: string): boolean {
  return /^[^\s.]+(\.[^\s.]+)*$/.test(text);
}

/** Truth as Python sees it. Dates and NaN are true. */
export function isTruthy(value: YamlValue | undefined): boolean {
  if (value === undefined || value === null || value === false || value === "") return false;
  if (typeof value === "number") return value !== 0;
  if (typeof value === "bigint") return value !== 0n;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length > 0;
  if (isMapping(value)) return Object.keys(value).length > 0;
  return true;
}

/** The value at a dotted path; undefined if a component is absent or its parent is not a mapping. */
export function valueAt(values: YamlMapping, path: string): YamlValue | undefined {
  let value: YamlValue | undefined = values;
  for (const component of path.split(".")) {
    if (!isMapping(value) || !Object.hasOwn(value, component)) return undefined;
    value = value[component];
  }
  return value;
}

/** Whether a condition holds for an application's merged Helm values. A missing or empty condition holds. */
export function holds(condition: string | null | undefined, values: YamlMapping): boolean {
  return !condition || isTruthy(valueAt(values, condition));
}
