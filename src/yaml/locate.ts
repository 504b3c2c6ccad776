import { entriesOf } from "./construct.js";
import { aliased, type CollectionNode, type YamlNode } from "./node.js";
import { type Position, positionAt, type Source } from "./position.js";

interface EntryNodes {
  key: YamlNode;
  value: YamlNode;
}

/** The position of the key or value at a path; if there is none, of its nearest ancestor. */
export function locate(
  source: Source,
  root: YamlNode | undefined,
  path: readonly (string | number)[],
  what: "key" | "value" = "key",
): Position {
  if (root === undefined) return { file: source.file(), line: 1, column: 1 };
  let place: EntryNodes = { key: root, value: root };
  for (const step of path) {
    const next = childAt(source, place.value, step);
    if (next === undefined) return positionAt(source, place.key.start);
    place = next;
  }
  return positionAt(source, place[what].start);
}

/** The keys of the mapping at a path in the order that PyYAML gives them; none if there is no mapping. */
export function keysAt(source: Source, root: YamlNode | undefined, path: readonly (string | number)[]): string[] {
  let node = root;
  for (const step of path) node = node && childAt(source, node, step)?.value;
  const mapping = node && aliased(node);
  if (mapping?.kind !== "mapping") return [];
  return [...placesOf(source, mapping).keys()];
}

const places = new WeakMap<CollectionNode, ReadonlyMap<string, EntryNodes>>();

/** The entries of a mapping by key. Cached: a caller that needs one entry needs all of them. */
function placesOf(source: Source, mapping: CollectionNode): ReadonlyMap<string, EntryNodes> {
  let known = places.get(mapping);
  if (known === undefined) {
    known = new Map(
      entriesOf(source, mapping).map(({ key, keyNode, valueNode }) => [key, { key: keyNode, value: valueNode }]),
    );
    places.set(mapping, known);
  }
  return known;
}

function childAt(source: Source, parent: YamlNode, step: string | number): EntryNodes | undefined {
  const node = aliased(parent);
  if (node.kind === "scalar") return undefined;
  if (node.kind === "sequence") {
    const item = node.items[Number(step)];
    return item && { key: item, value: item };
  }
  return placesOf(source, node).get(String(step));
}
