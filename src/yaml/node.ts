import type { ScalarTag } from "./schema.js";

/** A node of the document before it becomes a value; `start` is its offset in the text. */
export type YamlNode = ScalarNode | CollectionNode | AliasNode;

export interface ScalarNode {
  kind: "scalar";
  start: number;
  tag: ScalarTag;
  text: string;
}

/** A sequence, or a mapping whose `items` are keys and values in turn. */
export interface CollectionNode {
  kind: "sequence" | "mapping";
  start: number;
  flow: boolean;
  items: YamlNode[];
  /** Its number of levels, including itself. */
  height: number;
  /** Its number of nodes with every alias expanded, including itself. */
  size: number;
  /** Whether aliases may refer to it. */
  anchored: boolean;
  /** Not complete yet. */
  open: boolean;
}

export interface AliasNode {
  kind: "alias";
  start: number;
  target: ScalarNode | CollectionNode;
}

/** The node that an alias refers to; any other node itself. */
export function aliased(node: YamlNode): ScalarNode | CollectionNode {
  return node.kind === "alias" ? node.target : node;
}
