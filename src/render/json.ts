/** What a terminal takes for commands although JSON may hold it as it is. */
const ACTIVE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A report as JSON; names in it, which others chose, can do nothing to the terminal that shows it. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replaceAll(ACTIVE, jsonEscape)}\n`;
}

/** A character of JSON text in six that are ASCII, and mean the same. */
export function jsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
