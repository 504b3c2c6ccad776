import {
  type DocumentEvent,
  EVENT_ID,
  type Event,
  parseEvents,
  type PopEvent,
  SCALAR_STYLE,
  YAMLException,
} from "js-yaml";
import { hasSeparator, withoutSeparators } from "./line-separators.js";
import { failAt, type Source } from "./position.js";

/** Maximum nesting of collections, with aliases expanded. */
export const MAX_DEPTH = 100;

/** Limits reparsing, which is needed once per line without indentation. */
const MAX_REPARSED_CHARACTERS = 20_000_000;
const MAX_PADDING = 4096;

/** Such a text cannot be malformed or ambiguous; most files are like that. */
const ORDINARY = /^[\t\n\r\x20-\x7E]*$/;
const NOT_PRINTABLE = /[^\t\n\r\x20-\x7E\x85\xA0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The events of a document, and the text that their offsets refer to. */
export interface ParsedEvents {
  source: Source;
  events: Event[];
}

/** Parses a text into events, accepting and rejecting what PyYAML does as far as js-yaml allows. */
export function readEvents(text: string, file: () => string, oddKeysApart = false): ParsedEvents {
  let source: Source = { file, text, oddKeysApart, padding: new Map() };
  if (!ORDINARY.test(text)) {
    // PyYAML reads YAML 1.1, where NEL is a line break; js-yaml reads 1.2, where it is not.
    source = { ...source, text: text.replaceAll("\x85", "\n") };
    refuseCharacters(source);
    if (hasSeparator(text)) source = { ...source, text: withoutSeparators(source.text), separated: source.text };
  }
  let budget = MAX_REPARSED_CHARACTERS;
  let failure: unknown;
  for (;;) {
    try {
      const events = parseEvents(source.text, { maxDepth: MAX_DEPTH });
      refuseTabs(source, events);
      return { source, events };
    } catch (error) {
      const spaced = spaceBeforeComment(source, error);
      if (spaced === undefined) failure ??= error;
      budget -= source.text.length;
      const next = budget > 0 ? (spaced ?? padLine(source, error)) : undefined;
      if (next === undefined) return failWith(source, failure ?? error);
      source = next;
    }
  }
}

function refuseCharacters(source: Source): void {
  const unprintable = NOT_PRINTABLE.exec(source.text);
  if (unprintable !== null) failAt(source, unprintable.index, "yaml-control-character");
}

/**
 * PyYAML ignores the indentation of a line inside brackets or quotes, js-yaml does not. Leading whitespace on such a
 * line, including tabs, has no meaning, so we add some and try again. Tabs elsewhere are rejected afterwards.
 */
function padLine(source: Source, error: unknown): Source | undefined {
  const { text, padding } = source;
  if (!(error instanceof YAMLException) || error.reason !== "deficient indentation" || !error.mark) return undefined;
  const { line, column, position } = error.mark;
  const lineStart = position - column;
  if (/^(?:---|\.\.\.)\s/.test(text.slice(lineStart, lineStart + 4))) return undefined;
  const present = padding.get(line) ?? 0;
  if (present >= MAX_PADDING) return undefined;
  const added = present === 0 ? 16 : present;
  return { ...withSpaces(source, lineStart, added), padding: new Map(padding).set(line, present + added) };
}

/**
 * In PyYAML a comment may start right after a quote, a bracket or a comma; js-yaml requires a space before it. Only the
 * column of the comment itself changes.
 */
function spaceBeforeComment(source: Source, error: unknown): Source | undefined {
  const position = error instanceof YAMLException ? (error.mark?.position ?? 0) : 0;
  return /^["'[\]{},]#/.test(source.text.slice(Math.max(position - 1, 0), position + 1))
    ? withSpaces(source, position, 1)
    : undefined;
}

function withSpaces(source: Source, at: number, count: number): Source {
  const put = (text: string): string => text.slice(0, at) + " ".repeat(count) + text.slice(at);
  const { text, separated } = source;
  return { ...source, text: put(text), ...(separated !== undefined && { separated: put(separated) }) };
}

function failWith(source: Source, error: unknown): never {
  if (!(error instanceof YAMLException)) throw error;
  const position = error.mark?.position ?? 0;
  // PyYAML takes a `-` before a comma or a bracket for a string; js-yaml takes it for a list entry.
  if (error.reason.startsWith("missed comma") && /^-[\s,\]}]/.test(source.text.slice(position, position + 2)))
    failAt(source, position, "yaml-scalar-unquoted");
  failWithoutQuotes(source, position, error.reason);
  // Text after a colon or in double quotes comes from the document; so does the snippet.
  const reason = (error.reason.split(/"|: /)[0] ?? "").replace(/(?<![: ])[: ]+$/, "");
  return failAt(source, position, "yaml-syntax", { reason });
}

/** Says what has to be quoted, where the parser complains about the rest of the text. */
function failWithoutQuotes(source: Source, position: number, reason: string): void {
  if (reason !== "bad indentation of a mapping entry" && !reason.startsWith("missed comma")) return;
  const before = source.text.slice(0, position);
  const line = before.slice(Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\r")) + 1);
  const [at = "", next = ""] = source.text.slice(position, position + 2);
  if (/["'] *$/.test(line)) failAt(source, position, "yaml-text-behind-quotes");
  if (at === ":" && (next === "" || /\s/.test(next)) && /:\s/.test(line))
    failAt(source, position, "yaml-colon-unquoted");
  if ((at === "@" || at === "`" || at === "%") && line.endsWith(" "))
    failAt(source, position, "yaml-indicator-unquoted", { indicator: at });
}

/** Rejects tabs where PyYAML does: js-yaml accepts them as spaces in many places. */
function refuseTabs(source: Source, events: readonly Event[]): void {
  if (!source.text.includes("\t")) return;
  let from = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) continue;
    if (event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN) {
      const tab = source.text.slice(Math.max(event.valueStart, 0), event.valueEnd).indexOf("\t");
      if (event.valueStart >= 0 && tab >= 0) failAt(source, event.valueStart + tab, "yaml-tab");
    }
    for (const [start, end] of opaqueRanges(event)) {
      refuseTabsBetween(source, from, start);
      from = Math.max(from, end);
    }
  }
  refuseTabsBetween(source, from, source.text.length);
}

function refuseTabsBetween(source: Source, from: number, to: number): void {
  for (let index = from; index < to; index++) {
    const character = source.text.charAt(index);
    if (character === "\t") failAt(source, index, "yaml-tab");
    if (character !== "#") continue;
    while (index < to && !/[\r\n]/.test(source.text.charAt(index))) index++;
  }
}

/** The ranges of an event in which `#` does not start a comment, in order. */
export function opaqueRanges(event: Exclude<Event, DocumentEvent | PopEvent>): [start: number, end: number][] {
  const ranges: [number, number][] = [[event.anchorStart, event.anchorEnd]];
  if (event.type !== EVENT_ID.ALIAS) ranges.push([event.tagStart, event.tagEnd]);
  if (event.type === EVENT_ID.SCALAR) ranges.push([event.valueStart, event.valueEnd]);
  return ranges.filter(([start]) => start >= 0).sort(([a], [b]) => a - b);
}
