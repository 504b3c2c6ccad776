import {
  type AliasEvent,
  COLLECTION_STYLE,
  type DocumentDirective,
  EVENT_ID,
  type Event,
  type MappingEvent,
  type ScalarEvent,
  SCALAR_STYLE,
  type SequenceEvent,
} from "js-yaml";
import { MAX_DEPTH, type ParsedEvents } from "./events.js";
import type { AliasNode, CollectionNode, ScalarNode, YamlNode } from "./node.js";
import { failAt, type Source } from "./position.js";
import { readScalar, standardTag } from "./scalar.js";

const MAX_ALIASES = 1000;
const MAX_EXPANDED_NODES = 100_000;

interface State {
  source: Source;
  directives: readonly DocumentDirective[];
  anchors: Map<string, ScalarNode | CollectionNode>;
  open: CollectionNode[];
  root: YamlNode | undefined;
  /** Start of the last node with text of its own: the position of an empty node after it. */
  last: number;
  aliases: number;
  /** Number of nodes so far, with every alias expanded. */
  size: number;
}

/** Builds the tree of the only document; undefined if there is none. */
export function compose({ source, events }: ParsedEvents): YamlNode | undefined {
  const state: State = {
    source,
    directives: [],
    anchors: new Map(),
    open: [],
    root: undefined,
    last: 0,
    aliases: 0,
    size: 0,
  };
  let documents = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) {
      if (++documents > 1) failAt(source, secondDocument(source, events), "yaml-several-documents");
      state.directives = event.directives;
    } else if (event.type === EVENT_ID.POP) {
      close(state);
    } else {
      add(state, event);
    }
  }
  return state.root;
}

function add(state: State, event: ScalarEvent | SequenceEvent | MappingEvent | AliasEvent): void {
  const start = startOf(event, state.last);
  state.last = start;
  if (event.type === EVENT_ID.ALIAS) return attach(state, readAlias(state, event, start));
  const node = event.type === EVENT_ID.SCALAR ? scalar(state, event, start) : collection(state, event, start);
  if (event.anchorStart >= 0) setAnchor(state, state.source.text.slice(event.anchorStart, event.anchorEnd), node);
  state.size += 1;
  attach(state, node);
  if (node.kind !== "scalar") state.open.push(node);
}

function startOf(event: Exclude<Event, { type: 1 | 6 }>, last: number): number {
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  const anchor = event.anchorStart < 0 ? Infinity : event.anchorStart - 1;
  const properties = Math.min(anchor, event.tagStart < 0 ? Infinity : event.tagStart);
  if (properties !== Infinity) return properties;
  if (event.type !== EVENT_ID.SCALAR) return event.start;
  if (event.valueStart < 0) return last;
  const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return quoted ? event.valueStart - 1 : event.valueStart;
}

function scalar(state: State, event: ScalarEvent, start: number): ScalarNode {
  const inFlow = state.open.at(-1)?.flow ?? false;
  return readScalar(state.source, event, { start, inFlow, directives: state.directives });
}

function collection(state: State, event: SequenceEvent | MappingEvent, start: number): CollectionNode {
  const kind = event.type === EVENT_ID.SEQUENCE ? "sequence" : "mapping";
  const spelling = event.tagStart < 0 ? "!" : state.source.text.slice(event.tagStart, event.tagEnd);
  const tag = spelling === "!" ? undefined : (standardTag(spelling, state.directives) ?? "unknown");
  if (tag !== undefined && tag !== (kind === "sequence" ? "seq" : "map")) {
    failAt(state.source, start, "yaml-tag-unusable");
  }
  if (state.open.length >= MAX_DEPTH) failAt(state.source, start, "yaml-too-deep");
  // Until it closes, `size` is the count before it.
  return {
    kind,
    start,
    flow: event.style === COLLECTION_STYLE.FLOW,
    items: [],
    height: 1,
    size: state.size,
    anchored: event.anchorStart >= 0,
    open: true,
  };
}

function setAnchor(state: State, name: string, node: ScalarNode | CollectionNode): void {
  if (state.anchors.has(name)) failAt(state.source, node.start, "yaml-anchor-duplicate");
  state.anchors.set(name, node);
}

function readAlias(state: State, event: AliasEvent, start: number): AliasNode {
  const target = state.anchors.get(state.source.text.slice(event.anchorStart, event.anchorEnd));
  if (target === undefined) return failAt(state.source, start, "yaml-alias-unknown");
  if (target.kind !== "scalar" && target.open) failAt(state.source, start, "yaml-alias-circular");
  const [size, height] = target.kind === "scalar" ? [1, 1] : [target.size, target.height];
  state.size += size;
  state.aliases += 1;
  if (state.aliases > MAX_ALIASES || state.size > MAX_EXPANDED_NODES)
    failAt(state.source, start, "yaml-too-many-aliases");
  if (state.open.length + height > MAX_DEPTH) failAt(state.source, start, "yaml-too-deep");
  return { kind: "alias", start, target };
}

function attach(state: State, node: YamlNode): void {
  const parent = state.open.at(-1);
  if (parent === undefined) {
    state.root = node;
    return;
  }
  parent.items.push(node);
  if (node.kind === "alias" && node.target.kind !== "scalar") raise(parent, node.target.height);
  else if (node.kind !== "sequence" && node.kind !== "mapping") raise(parent, 1);
}

function raise(parent: CollectionNode, childHeight: number): void {
  parent.height = Math.max(parent.height, childHeight + 1);
}

function close(state: State): void {
  const node = state.open.pop();
  // The end of the document, not of a collection.
  if (node === undefined) return;
  node.open = false;
  node.size = state.size - node.size;
  const parent = state.open.at(-1);
  if (parent !== undefined) raise(parent, node.height);
}

function secondDocument(source: Source, events: readonly Event[]): number {
  const index = events.findLastIndex((event) => event.type === EVENT_ID.DOCUMENT);
  const next = events[index + 1];
  const start =
    next === undefined || next.type === EVENT_ID.POP || next.type === EVENT_ID.DOCUMENT ? -1 : startOf(next, -1);
  return start >= 0 ? start : source.text.trimEnd().length;
}
