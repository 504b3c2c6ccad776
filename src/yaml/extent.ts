import {
  CHOMPING_MODE,
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  SCALAR_STYLE,
  type ScalarEvent,
} from "js-yaml";
import type { ParsedEvents } from "./events.js";

/** A node of a document as a range of its text. With an anchor or a tag, the range starts after it. */
export type Extent = ScalarExtent | MappingExtent | OtherExtent;

export interface ScalarExtent {
  readonly kind: "scalar";
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** For `|` and `>`: where the lines below start; `start` is that of the indicator. */
  readonly lines?: number;
}

export interface MappingExtent {
  readonly kind: "mapping";
  readonly start: number;
  end: number;
  /** Whether it is in braces. */
  readonly flow: boolean;
  readonly entries: { readonly key: Extent; value: Extent }[];
}

/** A sequence, or an alias. */
interface OtherExtent {
  readonly kind: "other";
  readonly start: number;
  end: number;
  readonly flow: boolean;
}

/** The tree of a document; undefined if it is empty. */
export function extentsOf({ source: { text }, events }: ParsedEvents): Extent | undefined {
  const open: { readonly node: MappingExtent | OtherExtent; key?: Extent | undefined }[] = [];
  let root: Extent | undefined;
  let last = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) continue;
    const parent = open.at(-1);
    if (event.type === EVENT_ID.POP) {
      if (parent === undefined) continue;
      open.pop();
      if (parent.node.flow) last = bracketAfter(text, last);
      parent.node.end = last;
      continue;
    }
    const node = extentOf(text, event, last, parent?.key !== undefined);
    root ??= node;
    if (parent?.node.kind === "mapping") {
      if (parent.key) parent.node.entries.push({ key: parent.key, value: node });
      parent.key = parent.key ? undefined : node;
    }
    if (event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS) last = node.end;
    else {
      last = event.style === COLLECTION_STYLE.FLOW ? event.start + 1 : event.start;
      open.push({ node: node as MappingExtent | OtherExtent });
    }
  }
  return root;
}

type NodeEvent = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>;

function extentOf(text: string, event: NodeEvent, last: number, isValue: boolean): Extent {
  switch (event.type) {
    case EVENT_ID.ALIAS:
      return { kind: "other", start: event.anchorStart - 1, end: event.anchorEnd, flow: false };
    case EVENT_ID.SCALAR:
      return scalarExtent(text, event, last, isValue);
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE: {
      const { start, style } = event;
      const common = { start, end: start, flow: style === COLLECTION_STYLE.FLOW };
      return event.type === EVENT_ID.MAPPING
        ? { kind: "mapping", ...common, entries: [] }
        : { kind: "other", ...common };
    }
  }
}

function scalarExtent(text: string, event: ScalarEvent, last: number, isValue: boolean): ScalarExtent {
  const { valueStart, valueEnd, anchorEnd, tagEnd, style } = event;
  const properties = Math.max(anchorEnd, tagEnd);
  if (valueStart < 0) {
    // After the colon, if nothing else determines the position.
    const at = Math.max(properties, isValue ? text.indexOf(":", last) + 1 : last);
    return { kind: "scalar", start: at, end: at, text: "" };
  }
  const value = getScalarValue(text, event);
  if (style === SCALAR_STYLE.PLAIN) return { kind: "scalar", start: valueStart, end: valueEnd, text: value };
  if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED)
    return { kind: "scalar", start: valueStart - 1, end: valueEnd + 1, text: value };
  const indicator = style === SCALAR_STYLE.LITERAL_BLOCK ? "|" : ">";
  const start = text.indexOf(indicator, Math.max(last, properties));
  const end = event.chomping === CHOMPING_MODE.KEEP ? valueEnd : withoutBlankLines(text, valueStart, valueEnd);
  return { kind: "scalar", start, end, text: value, lines: valueStart };
}

/** Trailing empty lines belong to a block only if it keeps them; otherwise they separate it from what follows. */
function withoutBlankLines(text: string, start: number, end: number): number {
  const used = start + text.slice(start, end).trimEnd().length;
  return Math.min(lineEnd(text, used), end);
}

/** The end of the closing bracket, after the last item. */
function bracketAfter(text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === "}" || character === "]") return index + 1;
    if (character === "#") index = lineEnd(text, index) - 1;
  }
  return text.length;
}

/** The start of the next line, or the end of the text. */
export function lineEnd(text: string, from: number): number {
  const at = text.indexOf("\n", from);
  return at < 0 ? text.length : at + 1;
}
