import { isMapping, setKey, type YamlMapping } from "../yaml/kind.js";

/** Helm's and the original's merge: mappings key by key, everything else (null too) replaces. */
export function mergeOverrides(base: YamlMapping, overrides: YamlMapping): YamlMapping {
  const merged: YamlMapping = { ...base };
  for (const [key, value] of Object.entries(overrides)) {
    const old = Object.hasOwn(merged, key) ? merged[key] : undefined;
    setKey(merged, key, isMapping(old) && isMapping(value) ? mergeOverrides(old, value) : value);
  }
  return merged;
}
