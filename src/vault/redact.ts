/** Longer than any explanation that a server gives. */
const LONGEST = 400;

/** What is looked at: what comes after it is not shown, however much of this is hidden. */
const LOOKED_AT = 16 * 1024;
const MOST_TEXTS = 10;

/** Shorter ones are in every sentence. */
const SHORTEST_VALUE = 4;
const SHORTEST_WORD = 12;

const HIDDEN = "(redacted)";

/** Words, abbreviations and numbers, and names that are put together from them. */
const PLAIN_PART = /^([A-Z]?[a-z]+\d{0,4}|([A-Z][a-z]{2,}){2,4}|[A-Z]+\d{0,4}|\d{1,10})?$/;

/**
 * A server's own words as they may be shown: on one line, without the values that it was sent, in whatever form, and
 * without what looks rather like a credential than like a word, an address or a path. However much it says, only the
 * beginning is looked at.
 */
export function redact(texts: readonly string[], sent: readonly string[]): string[] {
  const forms = sent.flatMap(formsOf);
  return texts.slice(0, MOST_TEXTS).map((text) => redactOne(text, forms));
}

function redactOne(text: string, forms: readonly string[]): string {
  let shown = text.slice(0, LOOKED_AT);
  for (const form of forms) shown = shown.replaceAll(form, HIDDEN);
  if (text.length > LOOKED_AT) shown = withoutBeginning(shown, forms);
  const words = shown
    .trim()
    .split(/\s+/)
    .map((word) => (looksPlain(word) ? word : HIDDEN));
  const line = words.join(" ");
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** A text that was cut off, without the beginning of a value at its end. */
function withoutBeginning(text: string, forms: readonly string[]): string {
  let end = text.length;
  for (const form of forms) {
    const mark = form.slice(0, SHORTEST_VALUE);
    for (let at = text.indexOf(mark); at >= 0 && at < end; at = text.indexOf(mark, at + 1)) {
      if (form.startsWith(text.slice(at))) end = at;
    }
  }
  return text.slice(0, end);
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
