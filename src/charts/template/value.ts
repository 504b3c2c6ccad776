import { isMapping, type YamlMapping, type YamlValue } from "../../yaml/kind.js";

/** A value that the template alone does not determine. */
export const UNTOLD = Symbol("untold");

/** A value during evaluation of a template. */
export type Value = YamlValue | typeof UNTOLD | undefined;

/** Replaces an unknown part of a text; cannot occur in a Kubernetes name. */
export const MARK = "\u2047";

/** A value as text in the output of a template. */
export function textOf(value: Value): string {
  if (value === UNTOLD) return MARK;
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "bigint") return String(value);
  return MARK;
}

/** Truth according to Go templates; undefined if unknown. */
export function truthOf(value: Value): boolean | undefined {
  if (value === UNTOLD || (typeof value === "string" && value.includes(MARK))) return undefined;
  if (value === undefined || value === null || value === false || value === "" || value === 0) return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isMapping(value) || Object.keys(value).length > 0;
}

export function fieldOf(value: Value, field: string): Value {
  if (value === UNTOLD) return UNTOLD;
  return isMapping(value) && Object.hasOwn(value, field) ? value[field] : undefined;
}

/** A value as YAML in block style, as `toYaml` writes it. */
export function yamlOf(value: Value, indent = ""): string {
  if (Array.isArray(value) && value.length > 0)
    return value.map((item) => `${indent}- ${yamlOf(item, `${indent}  `).trimStart()}`).join("\n");
  if (isMapping(value as YamlValue) && Object.keys(value as YamlMapping).length > 0)
    return Object.entries(value as YamlMapping)
      .map(([key, item]) => {
        const nested = (Array.isArray(item) && item.length > 0) || (isMapping(item) && Object.keys(item).length > 0);
        const below = yamlOf(item, `${indent}  `);
        return `${indent}${JSON.stringify(key)}:${nested ? `\n${below}` : ` ${below.trimStart()}`}`;
      })
      .join("\n");
  return indent + scalarText(value);
}

function scalarText(value: Value): string {
  if (value === UNTOLD) return MARK;
  if (value === undefined || value === null) return "null";
  if (value instanceof Date || value instanceof Uint8Array) return MARK;
  if (typeof value === "bigint") return String(value);
  return JSON.stringify(value);
}
