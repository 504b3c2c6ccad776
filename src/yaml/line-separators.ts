import { CHOMPING_MODE, SCALAR_STYLE, type ScalarEvent } from "js-yaml";

/**
 * YAML 1.1, and so PyYAML, treats U+2028 and U+2029 as line breaks that remain in the text; js-yaml reads YAML 1.2,
 * which does not. So it receives a text with plain line breaks, and their result in scalars is restored here.
 */
const SEPARATOR = /[\u2028\u2029]/;
const SEPARATORS = /[\u2028\u2029]/g;

export function hasSeparator(text: string): boolean {
  return SEPARATOR.test(text);
}

/** The same text, of the same length, with line breaks that js-yaml knows. */
export function withoutSeparators(text: string): string {
  return text.replaceAll(SEPARATORS, "\n");
}

const BREAKS = /(?:\r\n?|[\n\u2028\u2029])(?:[ \t]*(?:\r\n?|[\n\u2028\u2029]))*/g;

/** A placeholder for a folded break: an unpaired surrogate, which no document contains. */
const MARK = "\uD800";

/**
 * Reads a plain or quoted scalar with separators.
 *
 * @param raw The source text.
 * @param read Reads a text without separators as js-yaml does: it folds lines.
 * @returns Undefined if an escape yields an unpaired surrogate.
 */
export function readFolded(
  raw: string,
  style: ScalarEvent["style"],
  read: (raw: string) => string,
): string | undefined {
  const folds: string[] = [];
  const marked = raw.replace(BREAKS, (breaks, offset: number) => {
    if (!SEPARATOR.test(breaks)) return breaks;
    // An escaped line break is not part of the text.
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

/** Reads a block scalar with separators as PyYAML does (`scan_block_scalar`). */
export function readBlock(raw: string, { style, indent, chomping }: ScalarEvent): string {
  const lines = [...raw.matchAll(/([^\r\n\u2028\u2029]*)(\r\n?|[\n\u2028\u2029]|$)/g)].map(
    ([, line = "", end = ""]) => ({
      line,
      end: end.startsWith("\r") ? "\n" : end,
    }),
  );
  // An empty match at the end.
  if (lines.at(-1)?.line === "" && lines.at(-1)?.end === "") lines.pop();
  // Without any non-empty line there is no indentation.
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
