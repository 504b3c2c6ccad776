import type { SecretGraph } from "../model/secret-graph.js";
import { nodeText, requiredIf, reverseEdgeText, ruleIf } from "./graph-words.js";
import { printable } from "./printable.js";

/** A graph in the language of Graphviz. */
export function renderGraphDot({ environment, nodes, edges }: SecretGraph): string {
  const names = new Map(nodes.map(({ id }, i) => [id, `n${i}`]));
  const style = { copy: "solid", derivation: "dashed", template: "bold", use: "solid" } as const;
  return [
    `digraph ${quoted(environment)} {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname="sans-serif"];\n`,
    ...nodes.map((node) => {
      const label = `${quoted(node.id).slice(0, -1)}\\n${quoted(nodeText(node) + requiredIf(node)).slice(1)}`;
      return `  ${names.get(node.id)} [label=${label}${node.absent ? ", color=red, fontcolor=red" : node.consumer ? ", shape=component" : ""}];\n`;
    }),
    ...edges.map((edge) => {
      const look = edge.active ? style[edge.kind] : "dotted";
      return `  ${names.get(edge.from)} -> ${names.get(edge.to)} [label=${quoted(ruleIf(edge) + reverseEdgeText(edge))}, style=${look}];\n`;
    }),
    "}\n",
  ].join("");
}

function quoted(text: string): string {
  // Graphviz also interprets HTML entities in labels.
  return `"${printable(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("&", "&amp;")}"`;
}
