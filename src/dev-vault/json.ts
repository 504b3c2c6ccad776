import { LosslessNumber, parse } from "lossless-json";

/** JSON whose numbers keep the digits they were written with. */
export type Json = string | boolean | null | LosslessNumber | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

const RAW = Symbol("JSON text");

interface RawJson {
  readonly [RAW]: string;
}

/** Parses JSON; of a repeated key the last value counts, as in Go. */
export function parseJson(text: string): Json {
  return parse(text, undefined, { onDuplicateKey: ({ newValue }) => newValue }) as Json;
}

/** JSON text to be put into an encoded value unchanged. */
export function rawJson(text: string): RawJson {
  return { [RAW]: text };
}

/** Whether a value is a JSON object. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}

function isRawJson(value: object): value is RawJson {
  return RAW in value;
}

// The library's own `stringify` has no place for `rawJson`, with which a stored secret is sent without parsing it again.
/** Encodes plain values, `Json` and `rawJson`; properties that are undefined are left out. */
export function encodeJson(value: unknown): string {
  if (typeof value !== "object" || value === null) {
    return JSON.stringify(value);
  }
  if (value instanceof LosslessNumber) {
    return value.value;
  }
  if (isRawJson(value)) {
    return value[RAW];
  }
  if (Array.isArray(value)) {
    return `[${value.map(encodeJson).join(",")}]`;
  }
  let text = "";
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) {
      text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${encodeJson(item)}`;
    }
  }
  return `{${text}}`;
}

/**
 * JSON text with its numbers as Go answers them once it has read them as float64, which is what KV version 2 does. Go
 * writes a float64 as JavaScript does, but for the sign of zero.
 */
export function roundNumbers(text: string): string {
  return text.replaceAll(/("[^"\\]*(?:\\.[^"\\]*)*"?)|-?\d[\d.eE+-]*/g, (token, quoted: string | undefined) => {
    const number = Number(token);
    if (quoted !== undefined || !Number.isFinite(number)) {
      return token;
    }
    return Object.is(number, -0) ? "-0" : JSON.stringify(number);
  });
}

/** RFC 7396: null removes, objects merge, everything else replaces. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) {
    return patch;
  }
  const merged = new Map(isJsonObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      merged.delete(key);
    } else {
      merged.set(key, mergePatch(merged.get(key), value));
    }
  }
  return Object.fromEntries(merged);
}
