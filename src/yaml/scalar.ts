import { CHOMPING_MODE, type DocumentDirective, getScalarValue, SCALAR_STYLE, type ScalarEvent } from "js-yaml";
import { hasSeparator, readBlock, readFolded } from "./line-separators.js";
import type { ScalarNode } from "./node.js";
import { failAt, type Source } from "./position.js";
import { implicitTag, type ScalarTag } from "./schema.js";

const SCALAR_TAGS: readonly string[] = [
  "binary",
  "bool",
  "float",
  "int",
  "merge",
  "null",
  "str",
  "timestamp",
  "value",
] satisfies ScalarTag[];

const STANDARD = "tag:yaml.org,2002:";

/** Creates the node of a scalar event that starts at `start`. */
export function readScalar(
  source: Source,
  event: ScalarEvent,
  context: { start: number; inFlow: boolean; directives: readonly DocumentDirective[] },
): ScalarNode {
  const { start, inFlow, directives } = context;
  const text = scalarText(source, event, start);
  const plain = event.style === SCALAR_STYLE.PLAIN;
  if (inFlow && plain && (text.includes("?") || text.startsWith(":"))) {
    failAt(source, start, "yaml-scalar-unquoted");
  }
  const spelling = event.tagStart < 0 ? "" : source.text.slice(event.tagStart, event.tagEnd);
  // In PyYAML, the tag `!` makes even a quoted scalar resolve like a plain one.
  const tag = spelling === "!" || (spelling === "" && plain) ? implicitTag(text) : explicitTag(spelling, directives);
  if (tag === undefined) return failAt(source, start, "yaml-tag-unusable");
  return { kind: "scalar", start, tag, text };
}

function explicitTag(spelling: string, directives: readonly DocumentDirective[]): ScalarTag | undefined {
  if (spelling === "") return "str";
  const name = standardTag(spelling, directives);
  return name !== undefined && SCALAR_TAGS.includes(name) ? (name as ScalarTag) : undefined;
}

function scalarText(source: Source, event: ScalarEvent, start: number): string {
  if (source.separated === undefined) return ordinaryText(source, event, start);
  const raw = source.separated.slice(event.valueStart, event.valueEnd);
  return hasSeparator(raw) ? separatedText(source, event, raw, start) : ordinaryText(source, event, start);
}

/** The text of a scalar with line separators. */
function separatedText(source: Source, event: ScalarEvent, raw: string, start: number): string {
  if (event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK)
    return readBlock(raw, event);
  const text = readFolded(raw, event.style, (text) => {
    const alone = { ...event, valueStart: 0, valueEnd: text.length, fast: false };
    return alone.style === SCALAR_STYLE.DOUBLE_QUOTED
      ? getScalarValue(...rewritten({ ...source, text }, alone, start))
      : getScalarValue(text, alone);
  });
  return text ?? failAt(source, start, "yaml-escape-invalid", { of: "half-a-pair" });
}

function ordinaryText(source: Source, event: ScalarEvent, start: number): string {
  if (event.style === SCALAR_STYLE.DOUBLE_QUOTED && !event.fast) return doubleQuotedText(source, event, start);
  const text = getScalarValue(source.text, event);
  const block = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
  // In PyYAML, a block scalar whose last line is cut off by the end of the file has no final newline.
  const cut = block && event.valueEnd === source.text.length && !/[\r\n]$/.test(source.text);
  return cut && event.chomping !== CHOMPING_MODE.STRIP ? text.replace(/\n$/, "") : text;
}

const ESCAPE = /\\(?:U([0-9a-fA-F]{8})|(?:\r\n?|\n)((?:[ \t]*(?:\r\n?|\n))+)|[^])/g;

function doubleQuotedText(source: Source, event: ScalarEvent, start: number): string {
  const text = getScalarValue(...rewritten(source, event, start));
  // It has no UTF-8 encoding: Vault, and every file, would store another character.
  if (!text.isWellFormed()) failAt(source, start, "yaml-escape-invalid", { of: "half-a-pair" });
  return text;
}

/** An equivalent double-quoted text that js-yaml reads as PyYAML reads the original. */
function rewritten(source: Source, event: ScalarEvent, start: number): [text: string, event: ScalarEvent] {
  const raw = source.text.slice(event.valueStart, event.valueEnd);
  const text = raw.replace(ESCAPE, (escape, codePoint: string | undefined, blankLines: string | undefined) => {
    if (codePoint !== undefined && Number.parseInt(codePoint, 16) > 0x10ffff) {
      failAt(source, start, "yaml-escape-invalid", { of: "no-character" });
    }
    // Blank lines after an escaped line break are part of the text; js-yaml drops them.
    return blankLines === undefined ? escape : `${"\\n".repeat(blankLines.match(/\r\n?|\n/g)?.length ?? 0)}\\\n`;
  });
  return [text, { ...event, valueStart: 0, valueEnd: text.length }];
}

/** The name of a standard tag (`str`, `map`) from its spelling in the document; undefined for any other tag. */
export function standardTag(spelling: string, directives: readonly DocumentDirective[]): string | undefined {
  const name = expandTag(spelling, directives);
  return name.startsWith(STANDARD) ? name.slice(STANDARD.length) : undefined;
}

function expandTag(spelling: string, directives: readonly DocumentDirective[]): string {
  if (spelling.startsWith("!<")) return spelling.slice(2, -1);
  const handle = spelling.slice(0, spelling.indexOf("!", 1) + 1) || "!";
  for (const directive of directives) {
    if (directive.kind === "tag" && directive.handle === handle)
      return directive.prefix + spelling.slice(handle.length);
  }
  return handle === "!!" ? STANDARD + spelling.slice(2) : spelling;
}
