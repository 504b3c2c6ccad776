import type { YamlKind } from "../model/diagnostics/yaml.js";
import type { ScalarValue } from "./schema.js";

export type YamlValue = ScalarValue | YamlValue[] | { [key: string]: YamlValue };

export type YamlMapping = { [key: string]: YamlValue };

export function isMapping(value: YamlValue | undefined): value is YamlMapping {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}

/** Sets a key of any name: assigning `__proto__` would change the prototype instead. */
export function setKey(mapping: YamlMapping, key: string, value: YamlValue): void {
  if (key !== "__proto__") mapping[key] = value;
  else Object.defineProperty(mapping, key, { value, writable: true, enumerable: true, configurable: true });
}

export function kindOf(value: YamlValue | undefined): YamlKind {
  if (value === undefined) return "absent";
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (value instanceof Date) return "date";
  if (value instanceof Uint8Array) return "binary";
  switch (typeof value) {
    case "boolean":
      return "boolean";
    case "string":
      return "string";
    case "number":
    case "bigint":
      return "number";
    default:
      return "mapping";
  }
}
