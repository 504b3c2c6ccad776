import { decodeUtf8 } from "../model/text-encoding.js";
import { constructFloat, constructInt } from "./numbers.js";

/** The tags of YAML 1.1 that a scalar can have, without their common prefix `tag:yaml.org,2002:`. */
export type ScalarTag = "binary" | "bool" | "float" | "int" | "merge" | "null" | "str" | "timestamp" | "value";

/** The possible values of a scalar. */
export type ScalarValue = null | boolean | number | bigint | string | Date | Uint8Array;

// The expressions are PyYAML's (yaml/resolver.py), including their order and the first characters they are tried for.
const BOOL = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const INT =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const NULL = /^(?:~|null|Null|NULL)$/;
const TIMESTAMP =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))?)$/;

/** The tag that PyYAML gives to an untagged plain scalar. */
export function implicitTag(text: string): ScalarTag {
  const first = text.charAt(0);
  if (first === "") return "null";
  if ((first >= "0" && first <= "9") || first === "-" || first === "+" || first === ".") return numericTag(text, first);
  if ("yYnNtTfFoO~".includes(first)) return BOOL.test(text) ? "bool" : NULL.test(text) ? "null" : "str";
  if (text === "<<") return "merge";
  return text === "=" ? "value" : "str";
}

function numericTag(text: string, first: string): ScalarTag {
  if (FLOAT.test(text)) return "float";
  if (first === ".") return "str";
  if (INT.test(text)) return "int";
  return first !== "-" && first !== "+" && TIMESTAMP.test(text) ? "timestamp" : "str";
}

/** The value of a scalar with the given tag; undefined if the text is invalid for that tag. */
export function constructScalar(tag: ScalarTag, text: string): ScalarValue | undefined {
  switch (tag) {
    case "str":
      return text;
    case "null":
      return null;
    case "bool":
      return constructBool(text);
    case "int":
      return constructInt(text);
    case "float":
      return constructFloat(text);
    case "timestamp":
      return constructTimestamp(text);
    case "binary":
      return constructBinary(text);
    case "merge":
    case "value":
    default:
      return undefined;
  }
}

function constructBool(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  if (lower === "yes" || lower === "true" || lower === "on") return true;
  return lower === "no" || lower === "false" || lower === "off" ? false : undefined;
}

/**
 * The bytes of a base64 text, decoded as Python does: invalid characters are skipped, and padding that completes four
 * characters ends it. Where the original expects a string it accepts bytes that are UTF-8, so they become a string
 * here.
 */
function constructBinary(text: string): string | Uint8Array | undefined {
  if (/[^\p{ASCII}]/u.test(text)) return undefined;
  let data = "";
  let padding = 0;
  for (const character of text.replaceAll(/[^A-Za-z0-9+/=]+/g, "")) {
    const inGroup = data.length % 4;
    if (character !== "=") {
      data += character;
      padding = 0;
    } else if (inGroup >= 2 && inGroup + ++padding >= 4) return textOrBytes(Buffer.from(data, "base64"));
  }
  return data.length % 4 === 0 ? textOrBytes(Buffer.from(data, "base64")) : undefined;
}

function textOrBytes(bytes: Buffer): string | Uint8Array {
  return decodeUtf8(bytes) ?? new Uint8Array(bytes);
}

const TIMESTAMP_PARTS =
  /^([0-9]{4})-([0-9][0-9]?)-([0-9][0-9]?)(?:(?:[Tt]|[ \t]+)([0-9][0-9]?):([0-9][0-9]):([0-9][0-9])(?:\.([0-9]*))?(?:[ \t]*(?:Z|([-+])([0-9][0-9]?)(?::([0-9][0-9]))?))?)?$/;

const MINUTE = 60_000;

/** The moment of a YAML timestamp, in UTC unless it names a zone; undefined if there is no such moment. */
function constructTimestamp(text: string): Date | undefined {
  const match = TIMESTAMP_PARTS.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, sign, zoneHour, zoneMinute] = match;
  const offset = Number(zoneHour ?? 0) * 60 + Number(zoneMinute ?? 0);
  const milliseconds = Number((fraction ?? "").slice(0, 3).padEnd(3, "0"));
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return undefined;
  if (offset >= 24 * 60 || Number(year) === 0) return undefined;

  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  date.setUTCHours(Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0), milliseconds);
  return new Date(date.getTime() - (sign === "-" ? -offset : offset) * MINUTE);
}
