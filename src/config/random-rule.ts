import { CHARACTER_CLASSES, type CharacterClass, CLASS_NAMES } from "../model/secret.js";

export const DEFAULT_CHARSET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

interface WrittenRandomRule {
  readonly length: number;
  readonly charset?: string | undefined;
  readonly minimum?: Readonly<Partial<Record<CharacterClass, number | undefined>>> | undefined;
}

/** What makes a `random` rule impossible, in words; undefined if nothing does. */
export function whyImpossible({
  length,
  charset = DEFAULT_CHARSET,
  minimum = {},
}: WrittenRandomRule): string | undefined {
  const characters = Array.from(charset);
  if (new Set(characters).size < characters.length) return "a character appears twice in charset";
  if (characters.some((character) => /\p{C}/u.test(character))) return "charset holds a control character";
  const total = CLASS_NAMES.reduce((sum, name) => sum + (minimum[name] ?? 0), 0);
  if (total > length) return `the minimums add up to ${total}, which is more than the length`;
  const empty = CLASS_NAMES.find((name) => (minimum[name] ?? 0) > 0 && !CHARACTER_CLASSES[name].test(charset));
  return empty === undefined ? undefined : `charset has no character of the class "${empty}"`;
}
