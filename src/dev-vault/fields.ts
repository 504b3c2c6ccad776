import { LosslessNumber } from "lossless-json";
import { parseDuration } from "./duration.js";
import { badRequest } from "./errors.js";
import { encodeJson, isJsonObject, type Json, type JsonObject } from "./json.js";

/** The parameters of a request, converted as leniently as Vault does it and refused with its words. */
export interface Fields {
  readonly data: JsonObject;
  has(name: string): boolean;
  string(name: string): string;
  int(name: string): number;
  bool(name: string, absent?: boolean): boolean;
  seconds(name: string): number;
  strings(name: string): string[];
  object(name: string): JsonObject;
}

function goType(value: Json): string {
  if (typeof value === "string" || value === null) {
    return "string";
  }
  if (typeof value === "boolean") {
    return "bool";
  }
  if (value instanceof LosslessNumber) {
    return "json.Number";
  }
  return Array.isArray(value) ? "[]interface {}" : "map[string]interface {}";
}

/** Vault's words for a value that cannot become `wanted`. */
export function unconvertible(wanted: string, value: Json, at = ""): string {
  return `'${at}' expected type '${wanted}', got unconvertible type '${goType(value)}'`;
}

/** The value as a string if Vault would take it for one: numbers and booleans are, lists and objects are not. */
export function asString(value: Json): string | undefined {
  if (typeof value === "boolean") {
    return value ? "1" : "0";
  }
  if (value === null) {
    return "";
  }
  return typeof value === "string" || value instanceof LosslessNumber ? value.toString() : undefined;
}

/** The value as an integer, or undefined if it is none. */
export function asInt(value: Json): number | undefined {
  const text = asString(value);
  if (text === undefined) {
    return undefined;
  }
  if (text === "") {
    return 0;
  }
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

/** Go's reading of a boolean in a text. */
export function parseBool(text: string): boolean | undefined {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) {
    return true;
  }
  return ["0", "f", "F", "FALSE", "false", "False", ""].includes(text) ? false : undefined;
}

function unparsable(kind: "int" | "bool"): string {
  return `'' cannot parse value as '${kind}': strconv.Parse${kind === "int" ? "Int" : "Bool"}: invalid syntax`;
}

/** Converts a list of integers: a list, one number, or a text with commas. */
function asInts(value: Json): (number | undefined)[] {
  const items = typeof value === "string" ? value.split(",").map((item) => item.trim()) : value;
  return (Array.isArray(items) ? items : [items]).map(asInt);
}

/**
 * The fields of a request. `validated` is for paths that Vault checks as a whole before it asks the handler: the
 * same mistake is then announced with a prefix.
 */
export function fieldsOf(data: JsonObject, validated = false): Fields {
  const prefix = validated ? "Field validation failed: " : "";
  const fail = (name: string, reason: string) =>
    badRequest(`${prefix}error converting input for field "${name}": ${reason}`);
  const valueOf = (name: string): Json => (Object.hasOwn(data, name) ? (data[name] ?? null) : null);

  return {
    data,
    has: (name) => Object.hasOwn(data, name),
    string: (name) => {
      const value = valueOf(name);
      const text = asString(value);
      if (text === undefined) {
        throw fail(name, unconvertible("string", value));
      }
      return text;
    },
    int: (name) => {
      const value = asInt(valueOf(name));
      if (value === undefined) {
        throw fail(name, unparsable("int"));
      }
      return value;
    },
    bool: (name, absent = false) => {
      const value = valueOf(name);
      const flag = value === null ? absent : parseBool(asString(value) ?? encodeJson(value));
      if (flag === undefined) {
        throw fail(name, unparsable("bool"));
      }
      return flag;
    },
    seconds: (name) => {
      const text = asString(valueOf(name)) ?? "";
      const seconds = parseDuration(text);
      if (seconds === undefined) {
        throw fail(name, `time: invalid duration "${text}"`);
      }
      if (seconds < 0) {
        throw fail(name, `cannot provide negative value '${seconds}'`);
      }
      return seconds;
    },
    strings: (name) => {
      const value = valueOf(name);
      if (Array.isArray(value)) {
        return value.map((item) => asString(item) ?? encodeJson(item));
      }
      return (asString(value) ?? "")
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== "");
    },
    object: (name) => {
      const value = valueOf(name);
      if (value === null) {
        return {};
      }
      if (!isJsonObject(value)) {
        throw Array.isArray(value) && value[0] !== undefined
          ? fail(name, unconvertible("map[string]interface {}", value[0], "[0]"))
          : fail(name, unconvertible("map[string]interface {}", value));
      }
      return value;
    },
  };
}

/** The version numbers in the field `versions`. */
export function versionNumbers(data: JsonObject): number[] {
  const value = Object.hasOwn(data, "versions") ? (data["versions"] ?? null) : null;
  if (value === null || value === "") {
    return [];
  }
  const numbers = asInts(value);
  const wrong = numbers.indexOf(undefined);
  if (wrong !== -1) {
    throw badRequest(
      'Field validation failed: error converting input for field "versions": decoding failed due to the following ' +
        `error(s):\n\n'[${wrong}]' cannot parse value as 'int': strconv.ParseInt: invalid syntax`,
    );
  }
  return numbers.filter((number) => number !== undefined);
}
