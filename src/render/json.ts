import { withSeen } from "./printable.js";

/** A report as JSON; names in it, which others chose, can neither affect the terminal that shows it nor hide there. */
export function jsonText(value: unknown): string {
  return `${seen(JSON.stringify(value, null, 2))}\n`;
}

function seen(text: string): string {
  // Only the line breaks between the values are not escaped yet.
  return withSeen(text, (character) => (character === "\n" ? character : jsonEscape(character)));
}

/** The same text in pieces: as one, the report of a large fleet would be in memory several times over. */
export function* jsonPieces(value: unknown): Generator<string> {
  for (const piece of piecesOf(value, "  ")) yield seen(piece);
  yield "\n";
}

/**
 * What `JSON.stringify` makes of a value, in pieces: members down to a depth are pieces of their own.
 *
 * @param line What begins a line; empty for a text without lines.
 */
export function* piecesOf(value: unknown, step: string, line = step && "\n", depth = 2): Generator<string> {
  const members = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const written = members.filter(([, member]) => member !== undefined);
  if (depth === 0 || written.length === 0) return yield JSON.stringify(value, null, step).replaceAll("\n", line);
  const isList = Array.isArray(value);
  for (const [i, [name, member]] of written.entries()) {
    const named = isList ? "" : `${JSON.stringify(name)}:${step && " "}`;
    yield `${i > 0 ? "," : isList ? "[" : "{"}${line}${step}${named}`;
    yield* piecesOf(member, step, line + step, depth - 1);
  }
  yield `${line}${isList ? "]" : "}"}`;
}

/** The same on one line. */
export function jsonLine(value: unknown): string {
  return `${withSeen(JSON.stringify(value), jsonEscape)}\n`;
}

/** An equivalent ASCII escape for a character of JSON text. */
export function jsonEscape(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
