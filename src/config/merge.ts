import { isMapping, type YamlMapping } from "../yaml/kind.js";

function set(target: YamlMapping, key: string, value: YamlMapping[string]): void {
  if (key !== "__proto__") target[key] = value;
  // A plain assignment would change the prototype instead of making a key.
  else Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Helm's and the original's merge: mappings key by key, everything else (null too) replaces. */
export function mergeOverrides(base: YamlMapping, overrides: YamlMapping): YamlMapping {
  const merged: YamlMapping = {};
  for (const [key, value] of Object.entries(base)) set(merged, key, value);
  for (const [key, value] of Object.entries(overrides)) {
    const old = Object.hasOwn(merged, key) ? merged[key] : undefined;
    set(merged, key, isMapping(old) && isMapping(value) ? mergeOverrides(old, value) : value);
  }
  return merged;
}
