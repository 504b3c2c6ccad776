import { dump, type DumpOptions } from "js-yaml";
import { withSeen } from "./printable.js";

/**
 * A YAML document without invisible characters: names and values that contain any are quoted, and the characters
 * escaped.
 */
export function yamlText(document: unknown, options: DumpOptions): string {
  const hidden: string[] = [];
  const all = new Set<string>();
  walk(document, (text) => (all.add(text), text));
  // Placeholder for a text until serialisation; occurs in none of the texts.
  let mark = "escaped";
  while ([...all].some((text) => text.includes(mark))) mark += "-x";
  const marked = walk(document, (text) =>
    withSeen(text.replaceAll("\n", ""), () => "").length === text.replaceAll("\n", "").length
      ? text
      : `${mark}-${hidden.push(text)}-`,
  );
  return dump(marked, options)
    .split(`${mark}-`)
    .map((part, i) => {
      const end = part.indexOf("-");
      return i === 0 ? part : quoted(hidden[Number(part.slice(0, end)) - 1] ?? "") + part.slice(end + 1);
    })
    .join("");
}

/** The same document with its texts replaced. */
function walk(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, change));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [walk(key, change), walk(item, change)]));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), walk(item, change)]));
}

/** Words that YAML does not read as strings. */
const NO_WORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** The same on one line, for use inside braces: texts, null, and mappings of them. */
export function flowText(document: unknown): string {
  if (typeof document === "string") return quoted(document);
  if (typeof document !== "object" || document === null) return String(document);
  const entries = Object.entries(document).map(([key, value]) => {
    const name = /^[a-z][\w-]*$/i.test(key) && !NO_WORD.test(key) ? key : quoted(key);
    return `${name}: ${flowText(value)}`;
  });
  return `{${entries.join(", ")}}`;
}

function quoted(text: string): string {
  return withSeen(
    JSON.stringify(text),
    (character) => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`,
  );
}
