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
  /** How many levels of nodes it holds, itself included. */
  height: number;
  /** How many nodes it holds with every alias written out, itself included. */
  size: number;
  /** Whether aliases may stand for it. */
  anchored: boolean;
  /** Not read to its end yet. */
  open: boolean;
}

export interface AliasNode {
  kind: "alias";
  start: number;
  target: ScalarNode | CollectionNode;
}

/** The node that an alias stands for; any other node itself. */
export function aliased(node: YamlNode): ScalarNode | CollectionNode {
  return node.kind === "alias" ? node.target : node;
}
