/** Longer than any explanation that a server gives. */
const LONGEST = 400;

/** Shorter ones are in every sentence. */
const SHORTEST_VALUE = 4;
const SHORTEST_WORD = 12;

const HIDDEN = "(redacted)";

/** Words, abbreviations and numbers, and names that are put together from them. */
const PLAIN_PART = /^([A-Z]?[a-z]+\d{0,4}|([A-Z][a-z]{2,}){2,4}|[A-Z]+\d{0,4}|\d{1,10})?$/;

/**
 * A server's own words as they may be shown: on one line, without the values that it was sent, in whatever form, and
 * without what looks rather like a credential than like a word, an address or a path.
 */
export function redact(text: string, sent: readonly string[]): string {
  let shown = text;
  for (const value of sent.flatMap(formsOf)) shown = shown.replaceAll(value, HIDDEN);
  const words = shown
    .trim()
    .split(/\s+/)
    .map((word) => (looksPlain(word) ? word : HIDDEN));
  const line = words.join(" ");
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** A value, its lines, and how they look in JSON and in a URL; the longest first, since one may be in another. */
function formsOf(value: string): string[] {
  const lines = [value, ...value.split(/\r?\n/)];
  return [...new Set(lines.flatMap((line) => [line, JSON.stringify(line).slice(1, -1), urlForm(line)]))]
    .filter((form) => form.length >= SHORTEST_VALUE)
    .sort((a, b) => b.length - a.length);
}

function urlForm(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function looksPlain(word: string): boolean {
  return (
    word.length < SHORTEST_WORD || word.split(/[-_./@:=,;()[\]{}"'*<>+?!#]+/).every((part) => PLAIN_PART.test(part))
  );
}
