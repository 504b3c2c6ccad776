import { randomBytes } from "node:crypto";

/** A value that can be in no output but by a leak: no six characters of it are in another one, or in a word. */
export function canary(): string {
  return `Zq${randomBytes(18).toString("base64url").replaceAll(/[-_]/g, "x")}`;
}

/** How much of a value already is a leak. */
const PREFIX = 6;

/** The forms in which a value could show: itself, its beginning, and how programs like to encode it. */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, "utf8");
  // Base64 depends on what stands before: three alignments, without the characters at the edges.
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

/** The names of those canaries that are in a text, in whatever form. */
export function leaksIn(text: string, canaries: Readonly<Record<string, string>>): string[] {
  return Object.entries(canaries).flatMap(([name, value]) =>
    formsOf(value).some((form) => text.includes(form)) ? [name] : [],
  );
}
