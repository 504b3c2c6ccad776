import { randomBytes } from "node:crypto";

/**
 * A value that can appear in output only through a leak: no six characters of it occur in another canary, or in a word.
 */
export function canary(): string {
  return `Zq${randomBytes(18).toString("base64url").replaceAll(/[-_]/g, "x")}`;
}

/** How many characters of a value count as a leak. */
const PREFIX = 6;

/** The forms in which a value could appear: itself, its beginning, and common encodings. */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, "utf8");
  // Base64 depends on the preceding text: three alignments, without the characters at the edges.
  const shifted = [0, 1, 2].map((n) =>
    Buffer.concat([Buffer.alloc(n), bytes])
      .toString("base64")
      .replaceAll("=", "")
      .slice(n === 0 ? 0 : 4, -4),
  );
  const hex = bytes.toString("hex");
  return [
    value,
    value.slice(0, PREFIX),
    value.split("").reverse().join(""),
    hex,
    hex.toUpperCase(),
    hex.slice(0, 2 * PREFIX),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    ...shifted,
    ...shifted.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ].filter((form) => form.length >= PREFIX);
}

/** The names of the canaries in a text, in any form. */
export function leaksIn(text: string, canaries: Readonly<Record<string, string>>): string[] {
  return Object.entries(canaries).flatMap(([name, value]) =>
    formsOf(value).some((form) => text.includes(form)) ? [name] : [],
  );
}
