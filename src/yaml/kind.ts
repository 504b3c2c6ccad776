import type { YamlValue } from "./parse.js";

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

/** Sets a key, whatever it is called: assigning `__proto__` would change the prototype instead. */
export function setKey(mapping: YamlMapping, key: string, value: YamlValue): void {
  if (key !== "__proto__") mapping[key] = value;
  else Object.defineProperty(mapping, key, { value, writable: true, enumerable: true, configurable: true });
}

/** What sort of thing a value is, in words for an error message; never the value itself. */
export function describeKind(value: YamlValue | undefined): string {
  if (value === undefined) return "absent";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return "a date";
  if (value instanceof Uint8Array) return "binary data";
  switch (typeof value) {
    case "boolean":
      return "a boolean";
    case "number":
    case "bigint":
      return "a number";
    case "string":
      return "a string";
    default:
      return "a mapping";
  }
}
