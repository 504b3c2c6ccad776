/** Longer than any explanation from a server. */
const LONGEST = 400;

/** Only this much is examined: text after it is not shown, even if most of this is hidden. */
const LOOKED_AT = 16 * 1024;
const MOST_TEXTS = 10;

/** Shorter values occur in every sentence. */
const SHORTEST_VALUE = 4;
const SHORTEST_WORD = 12;

const HIDDEN = "(redacted)";

/** Words, abbreviations and numbers, and names composed of them. */
const PLAIN_PART = /^([A-Z]?[a-z]+\d{0,4}|([A-Z][a-z]{2,}){2,4}|[A-Z]+\d{0,4}|\d{1,10})?$/;

/**
 * A server's own words in a form that may be shown: on one line, without the values it was sent, in any encoding, and
 * without anything that looks more like a credential than a word, an address or a path. Only the beginning of a long
 * text is examined.
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

/** A truncated text, without a partial value at its end. */
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

/** A value, its lines, and their JSON and URL encodings; longest first, since one may contain another. */
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
