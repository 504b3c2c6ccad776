import { CHOMPING_MODE, SCALAR_STYLE, type ScalarEvent } from "js-yaml";

/**
 * YAML 1.1, and so PyYAML, takes U+2028 and U+2029 for line breaks that stay in the text as they are; js-yaml reads YAML
 * 1.2, where they are none. So it is given a text with plain line breaks instead, and what becomes of them in scalars is
 * put in here.
 */
const SEPARATOR = /[\u2028\u2029]/;
const SEPARATORS = /[\u2028\u2029]/g;

export function hasSeparator(text: string): boolean {
  return SEPARATOR.test(text);
}

/** The same text, of the same length, with breaks that js-yaml knows. */
export function withoutSeparators(text: string): string {
  return text.replaceAll(SEPARATORS, "\n");
}

const BREAKS = /(?:\r\n?|[\n\u2028\u2029])(?:[ \t]*(?:\r\n?|[\n\u2028\u2029]))*/g;

/** Stands for what a fold comes to: half of a surrogate pair, which no text of a document has. */
const MARK = "\uD800";

/**
 * Reads a plain or quoted scalar whose text has separators.
 *
 * @param raw The text as it is written.
 * @param read Reads a text without separators as js-yaml does: it folds lines.
 * @returns Undefined if an escape makes half of a surrogate pair.
 */
export function readFolded(
  raw: string,
  style: ScalarEvent["style"],
  read: (raw: string) => string,
): string | undefined {
  const folds: string[] = [];
  const marked = raw.replace(BREAKS, (breaks, offset: number) => {
    if (!SEPARATOR.test(breaks)) return breaks;
    // Behind a backslash the break is no part of the text.
    if (style === SCALAR_STYLE.DOUBLE_QUOTED && isEscaped(raw, offset)) return withoutSeparators(breaks);
    const [first = "", ...others] = breaks.match(/\r\n?|[\n\u2028\u2029]/g) ?? [];
    const fold = SEPARATOR.test(first) ? first : "";
    folds.push(fold + others.map((one) => (SEPARATOR.test(one) ? one : "\n")).join(""));
    return `\n${MARK}\n`;
  });
  const [start = "", ...parts] = read(marked).split(` ${MARK} `);
  const text = parts.reduce((before, part, i) => before + (folds[i] ?? "") + part, start);
  return parts.length === folds.length && text.isWellFormed() ? text : undefined;
}

function isEscaped(raw: string, offset: number): boolean {
  let backslashes = 0;
  while (raw.charAt(offset - 1 - backslashes) === "\\") backslashes++;
  return backslashes % 2 === 1;
}

/** Reads a block scalar whose text has separators, as PyYAML does (`scan_block_scalar`). */
export function readBlock(raw: string, { style, indent, chomping }: ScalarEvent): string {
  const lines = [...raw.matchAll(/([^\r\n\u2028\u2029]*)(\r\n?|[\n\u2028\u2029]|$)/g)].map(
    ([, line = "", end = ""]) => ({
      line,
      end: end.startsWith("\r") ? "\n" : end,
    }),
  );
  // A match of nothing at the end.
  if (lines.at(-1)?.line === "" && lines.at(-1)?.end === "") lines.pop();
  // Without any line that holds something there is no indentation.
  const isBlank = (line: string): boolean => (indent <= 0 || line.length <= indent) && line.trim() === "";
  let text = "";
  let last = "";
  let breaks = "";
  let before: string | undefined;
  for (const { line, end } of lines) {
    if (isBlank(line)) {
      breaks += end;
      continue;
    }
    const content = line.slice(indent);
    if (before !== undefined) {
      const isFolded =
        style === SCALAR_STYLE.FOLDED_BLOCK && last === "\n" && !/^[ \t]/.test(before) && !/^[ \t]/.test(content);
      text += isFolded ? (breaks === "" ? " " : "") : last;
    }
    text += breaks + content;
    breaks = "";
    before = content;
    last = end;
  }
  if (chomping === CHOMPING_MODE.STRIP) return text;
  return text + last + (chomping === CHOMPING_MODE.KEEP ? breaks : "");
}
