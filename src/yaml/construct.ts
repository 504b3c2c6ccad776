import type { AnyDiagnostic } from "../model/diagnostic.js";
import { kindOf, setKey, type YamlMapping, type YamlValue } from "./kind.js";
import { aliased, type CollectionNode, type ScalarNode, type YamlNode } from "./node.js";
import { failAt, foundAt, type Source } from "./position.js";
import { constructScalar, type ScalarValue } from "./schema.js";

/** Prefix of a key that is not a string, if those are kept apart: an unpaired surrogate, which no text contains. */
const ODD_KEY = "\uD800";

/** Whether a key was not a string, if those are kept apart. */
export function isOddKey(key: string): boolean {
  return key.startsWith(ODD_KEY);
}

/** A key of a mapping with its value, as nodes. */
interface Entry {
  key: string;
  keyNode: YamlNode;
  valueNode: YamlNode;
}

/** Unusual mapping keys of a document that is valid otherwise. */
export interface KeyFindings {
  /** Keys that repeat an earlier one of their mapping. */
  readonly duplicates: Set<YamlNode>;
  /** Keys that are not strings. */
  readonly odd: Set<YamlNode>;
}

/** Converts a tree of nodes into values, and collects duplicate and non-string keys. */
export function construct(source: Source, root: YamlNode, { duplicates, odd }: KeyFindings): YamlValue {
  const built = new Map<CollectionNode, YamlValue>();

  const valueOf = (node: YamlNode): YamlValue => {
    const target = aliased(node);
    if (target.kind === "scalar") return scalarValue(source, target);
    // An aliased node becomes the same object everywhere, and reports its duplicates once.
    const known = node.kind === "alias" ? built.get(target) : undefined;
    if (known !== undefined) return known;
    const value = target.kind === "sequence" ? target.items.map(valueOf) : mappingValue(target);
    if (target.anchored) built.set(target, value);
    return value;
  };

  const mappingValue = (mapping: CollectionNode): YamlValue => {
    const value: YamlMapping = {};
    const merged = mergedEntries(source, mapping);
    for (const { key, keyNode, valueNode } of merged) {
      if (isOdd(keyNode)) odd.add(keyNode);
      setKey(value, key, valueOf(valueNode));
    }
    // Without a merge, all existing keys are our own.
    const own = merged.length > 0 ? new Set<string>() : undefined;
    // Like `ownEntries`, but without building a list for every mapping.
    const { items } = mapping;
    for (let index = 0; index + 1 < items.length; index += 2) {
      const keyNode = items[index] as YamlNode;
      if (isMerge(keyNode)) continue;
      const key = keyText(source, keyNode);
      if (own ? own.has(key) : Object.hasOwn(value, key)) duplicates.add(keyNode);
      own?.add(key);
      if (isOdd(keyNode)) odd.add(keyNode);
      setKey(value, key, valueOf(items[index + 1] as YamlNode));
    }
    return value;
  };

  return valueOf(root);
}

/** The entries of a mapping, starting with the merged ones: of entries with the same key the last one wins. */
export function entriesOf(source: Source, mapping: CollectionNode): Entry[] {
  return [...mergedEntries(source, mapping), ...ownEntries(source, mapping)];
}

function ownEntries(source: Source, mapping: CollectionNode): Entry[] {
  const entries: Entry[] = [];
  for (let index = 0; index + 1 < mapping.items.length; index += 2) {
    const keyNode = mapping.items[index] as YamlNode;
    if (isMerge(keyNode)) continue;
    entries.push({ key: keyText(source, keyNode), keyNode, valueNode: mapping.items[index + 1] as YamlNode });
  }
  return entries;
}

/** PyYAML's order: a later `<<` overrides an earlier one, but within the list of one `<<` the first mapping wins. */
function mergedEntries(source: Source, mapping: CollectionNode): Entry[] {
  const entries: Entry[] = [];
  for (let index = 0; index + 1 < mapping.items.length; index += 2) {
    if (!isMerge(mapping.items[index] as YamlNode)) continue;
    const merged = aliased(mapping.items[index + 1] as YamlNode);
    const mappings = merged.kind === "sequence" ? merged.items.map(aliased).toReversed() : [merged];
    for (const node of mappings) {
      if (node.kind !== "mapping") return failAt(source, node.start, "yaml-merge-not-mapping");
      // Not a spread: that many arguments overflow the stack.
      for (const entry of entriesOf(source, node)) entries.push(entry);
    }
  }
  return entries;
}

function isMerge(key: YamlNode): boolean {
  const node = aliased(key);
  return node.kind === "scalar" && node.tag === "merge";
}

/** Whether a key is not a string: `on`, `0123`, `1:30`, a date. */
function isOdd(keyNode: YamlNode): boolean {
  const node = aliased(keyNode);
  return node.kind === "scalar" && node.tag !== "str" && node.tag !== "value";
}

/** A key that repeats an earlier one. */
export function duplicateKey(source: Source, keyNode: YamlNode): AnyDiagnostic {
  return foundAt(source, keyNode.start, "yaml-duplicate-key", { key: writtenKey(source, keyNode) });
}

/** How YAML reads a non-string key, and the text that we make of it. */
export function oddKey(source: Source, keyNode: YamlNode): AnyDiagnostic {
  const node = aliased(keyNode) as ScalarNode;
  const is = node.tag === "binary" ? "binary" : kindOf(scalarValue(source, node));
  return foundAt(source, keyNode.start, "yaml-key-not-string", { is, read: writtenKey(source, keyNode) });
}

/** A key's name in the value. */
function keyText(source: Source, keyNode: YamlNode): string {
  const text = writtenKey(source, keyNode);
  return source.oddKeysApart && isOdd(keyNode) ? ODD_KEY + text : text;
}

function writtenKey(source: Source, keyNode: YamlNode): string {
  const node = aliased(keyNode);
  if (node.kind !== "scalar") return failAt(source, keyNode.start, "yaml-key-unusable", { is: "collection" });
  if (!isOdd(node)) return node.text;
  const value = scalarValue(source, node);
  if (value instanceof Uint8Array) return failAt(source, keyNode.start, "yaml-key-unusable", { is: "binary" });
  return value instanceof Date ? value.toISOString() : String(value);
}

function scalarValue(source: Source, node: ScalarNode): ScalarValue {
  const value = constructScalar(node.tag, node.text);
  if (value !== undefined) return value;
  if (node.tag === "merge" || node.tag === "value") {
    return failAt(source, node.start, "yaml-indicator-unquoted", { indicator: node.tag === "merge" ? "<<" : "=" });
  }
  return failAt(source, node.start, "yaml-value-invalid", { type: node.tag });
}
