import { LosslessNumber, parse } from "lossless-json";

/** JSON whose numbers keep their original digits. */
export type Json = string | boolean | null | LosslessNumber | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

/** Parses JSON; of a repeated key the last value wins, as in Go. */
export function parseJson(text: string): Json {
  return parse(text, undefined, { onDuplicateKey: ({ newValue }) => newValue }) as Json;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}

// The library's own `stringify` takes any object with a key `isLosslessNumber` for a number.
/** Encodes plain values and `Json`; omits undefined properties. */
export function encodeJson(value: unknown): string {
  if (value instanceof LosslessNumber) return value.value;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(encodeJson).join(",")}]`;
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${encodeJson(item)}`).join(",")}}`;
}

/** The number of names and strings in a value. */
export function stringsIn(value: Json): number {
  let count = 0;
  for (const stack = [value]; stack.length > 0; ) {
    const next = stack.pop();
    if (typeof next === "string") count += 1;
    else if (Array.isArray(next)) for (const each of next) stack.push(each);
    else if (isJsonObject(next)) {
      for (const each of Object.values(next)) {
        count += 1;
        stack.push(each);
      }
    }
  }
  return count;
}

/**
 * An object with its numbers as Go returns them after reading them as float64, as KV version 2 does. Go writes a
 * float64 like JavaScript, except for the sign of zero.
 */
export function roundNumbers(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, rounded(value)]));
}

function rounded(value: Json): Json {
  if (Array.isArray(value)) return value.map(rounded);
  if (isJsonObject(value)) return roundNumbers(value);
  if (!(value instanceof LosslessNumber)) return value;
  const number = Number(value.value);
  if (!Number.isFinite(number)) return value;
  return new LosslessNumber(Object.is(number, -0) ? "-0" : JSON.stringify(number));
}

/** RFC 7396: null removes, objects merge, everything else replaces. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    const present = merged.get(key);
    if (value === null) merged.delete(key);
    else merged.set(key, isJsonObject(value) ? mergePatch(isJsonObject(present) ? present : {}, value) : value);
  }
  return Object.fromEntries(merged);
}
