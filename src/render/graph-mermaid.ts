import type { SecretGraph } from "../model/secret-graph.js";
import { nodeKind, nodeText, requiredIf, reverseEdgeText, ruleIf } from "./graph-words.js";
import { printable } from "./printable.js";

const CLASSES = `  classDef static fill:#fff3d6,stroke:#9a6700,color:#1f2328
  classDef generate fill:#dafbe1,stroke:#1a7f37,color:#1f2328
  classDef copy fill:#ddf4ff,stroke:#0969da,color:#1f2328
  classDef template fill:#fbefff,stroke:#8250df,color:#1f2328
  classDef fixed fill:#f6f8fa,stroke:#59636e,color:#1f2328
  classDef consumer fill:#ffffff,stroke:#1f2328,color:#1f2328
  classDef absent fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-dasharray:4 3
`;

/** A graph as Mermaid draws it in Markdown. */
export function renderGraphMermaid({ nodes, edges }: SecretGraph): string {
  const names = new Map(nodes.map(({ id }, i) => [id, `n${i}`]));
  return [
    "flowchart LR\n",
    ...nodes.map(
      (node) =>
        `  ${names.get(node.id)}["${quoted(node.id)}<br/>${quoted(nodeText(node) + requiredIf(node))}"]:::${nodeKind(node)}\n`,
    ),
    ...edges.map(
      (edge) =>
        `  ${names.get(edge.from)} ${edge.active ? "-->" : "-.->"}|"${quoted(ruleIf(edge) + reverseEdgeText(edge))}"| ${names.get(edge.to)}\n`,
    ),
    CLASSES,
  ].join("");
}

/** Mermaid's character references; anything that could be syntax, HTML or Markdown is replaced by one. */
function quoted(text: string): string {
  return printable(text).replaceAll(/[^\p{L}\p{N} ./()_:,-]/gu, (character) => `#${character.codePointAt(0)};`);
}
