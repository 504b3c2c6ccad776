import { LosslessNumber } from "lossless-json";
import { parseDuration } from "./duration.js";
import { encodeJson, isJsonObject, type Json, type JsonObject } from "./json.js";
import { badRequest } from "./refusal.js";

/** The kinds of parameters, and their types once parsed. */
interface Kinds {
  string: string;
  int: number;
  bool: boolean;
  seconds: number;
  strings: readonly string[];
  object: JsonObject;
}

type Kind = keyof Kinds;

type Table = Readonly<Record<string, Kind>>;

export type Values<T extends Table> = {
  -readonly [Name in keyof T]: Kinds[T[Name]];
};

/** A request's parameters, converted as leniently as in Vault and rejected with its messages. */
export interface Fields {
  has(name: string): boolean;
  get<K extends Kind>(name: string, kind: K): Kinds[K];
  /** Those in a table that the request contains. */
  given<T extends Table>(table: T): Partial<Values<T>>;
}

/** Vault's message for a value that cannot be converted to `wanted`. */
export function unconvertible(wanted: string, value: Json): string {
  return `'' expected type '${wanted}', got unconvertible type '${goType(value)}'`;
}

function goType(value: Json): string {
  if (typeof value === "boolean") return "bool";
  if (value instanceof LosslessNumber) return "json.Number";
  if (Array.isArray(value)) return "[]interface {}";
  return isJsonObject(value) ? "map[string]interface {}" : "string";
}

/** The value as a string if Vault accepts it as one: numbers and booleans do, lists and objects do not. */
export function asString(value: Json): string | undefined {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (value === null) return "";
  return typeof value === "string" || value instanceof LosslessNumber ? value.toString() : undefined;
}

/** The value as an integer, or undefined if it is not one. */
export function asInt(value: Json): number | undefined {
  const text = asString(value);
  return text === "" ? 0 : /^[+-]?\d+$/.test(text ?? "") ? Number(text) : undefined;
}

const TRUE = new Set<unknown>(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set<unknown>(["0", "f", "F", "FALSE", "false", "False", ""]);

type Fail = (reason: string) => Error;

const READERS: { readonly [K in Kind]: (value: Json, fail: Fail) => Kinds[K] } = {
  string: (value, fail) => {
    const text = asString(value);
    if (text === undefined) throw fail(unconvertible("string", value));
    return text;
  },
  int: (value, fail) => {
    const number = asInt(value);
    if (number === undefined) throw fail("'' cannot parse value as 'int': strconv.ParseInt: invalid syntax");
    return number;
  },
  bool: (value, fail) => {
    const text = asString(value);
    if (TRUE.has(text)) return true;
    if (!FALSE.has(text)) throw fail("'' cannot parse value as 'bool': strconv.ParseBool: invalid syntax");
    return false;
  },
  seconds: (value, fail) => {
    const text = asString(value) ?? "";
    const seconds = parseDuration(text);
    if (seconds === undefined) throw fail(`time: invalid duration "${text}"`);
    if (seconds < 0) throw fail(`cannot provide negative value '${seconds}'`);
    return seconds;
  },
  strings: (value) => {
    const texts = Array.isArray(value) ? value : (asString(value) ?? "").split(",");
    return texts.map((item) => (asString(item) ?? encodeJson(item)).trim()).filter((item) => item !== "");
  },
  object: (value, fail) => {
    if (value === null) return {};
    if (!isJsonObject(value)) throw fail(unconvertible("map[string]interface {}", value));
    return value;
  },
};

/** The fields of a request. Errors in a path that Vault checks before calling the handler have a prefix. */
export function fieldsOf(data: JsonObject, prefix = "Field validation failed: "): Fields {
  const fields: Fields = {
    has: (name) => Object.hasOwn(data, name),
    get: (name, kind) =>
      READERS[kind](fields.has(name) ? (data[name] ?? null) : null, (reason) =>
        badRequest(`${prefix}error converting input for field "${name}": ${reason}`),
      ),
    given: (table) => valuesOf(fields, table, (name) => fields.has(name)),
  };
  return fields;
}

/** The defaults of a table's parameters: empty, 0 or false. */
export function unset<T extends Table>(table: T): Values<T> {
  return valuesOf(fieldsOf({}), table, () => true) as Values<T>;
}

function valuesOf<T extends Table>(fields: Fields, table: T, wanted: (name: string) => boolean): Partial<Values<T>> {
  const named = Object.entries(table).filter(([name]) => wanted(name));
  return Object.fromEntries(named.map(([name, kind]) => [name, fields.get(name, kind)])) as Partial<Values<T>>;
}
