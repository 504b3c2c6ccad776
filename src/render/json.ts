import { withSeen } from "./printable.js";

/** A report as JSON; names in it, which others chose, can do nothing to the terminal that shows it, nor hide there. */
export function jsonText(value: unknown): string {
  // Only the line breaks between the values are not escaped yet.
  const text = JSON.stringify(value, null, 2);
  return `${withSeen(text, (character) => (character === "\n" ? character : jsonEscape(character)))}\n`;
}

/** The same on one line. */
export function jsonLine(value: unknown): string {
  return `${withSeen(JSON.stringify(value), jsonEscape)}\n`;
}

/** A character of JSON text in ASCII that means the same. */
export function jsonEscape(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
