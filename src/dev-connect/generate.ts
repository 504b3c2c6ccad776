import { randomText } from "./ids.js";
import { isObject } from "./json.js";

const SETS: Readonly<Record<string, string>> = {
  LETTERS: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
  DIGITS: "0123456789",
  SYMBOLS: "!@#$%^&*-_=+.:?",
};

/** A value for a field that asks for one with `generate`, by its recipe. */
export function generateValue(recipe: unknown): string {
  const { length, characterSets, excludeCharacters } = isObject(recipe) ? recipe : {};
  const chosen = Array.isArray(characterSets) && characterSets.length > 0 ? characterSets : Object.keys(SETS);
  const excluded = typeof excludeCharacters === "string" ? excludeCharacters : "";
  const alphabet = chosen.flatMap((name) => Array.from(SETS[String(name)] ?? "")).filter((c) => !excluded.includes(c));
  return randomText(typeof length === "number" ? length : 32, alphabet.join(""));
}
