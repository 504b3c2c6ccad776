import { groupBy } from "../model/group.js";
import type { GraphEdge, GraphNode, SecretGraph } from "../model/secret-graph.js";
import { edgeText, nodeText, requiredIf, reverseEdgeText, ruleIf } from "./graph-words.js";
import { printable } from "./printable.js";
import type { Style } from "./style.js";

/** Deeper than any intended configuration. */
const MAX_DEPTH = 50;

interface Step {
  readonly id: string;
  readonly edge: GraphEdge | undefined;
  /** The prefixes of the line, and of the lines below it. */
  readonly indent: string;
  readonly below: string;
  readonly depth: number;
}

/** A graph as trees: each root with what it derives from below it; in reverse, with what derives from it. */
export function renderGraphText(graph: SecretGraph, roots: readonly string[], reverse: boolean, style: Style): string {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  // The consumers of a secret are below it, regardless of direction.
  const next = groupBy(graph.edges, ({ from, to, kind }) => (reverse || kind === "use" ? from : to));
  const shown = new Set<string>();
  const lines: string[] = [];
  const stack = roots.toReversed().map((id): Step => ({ id, edge: undefined, indent: "", below: "", depth: 0 }));
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const { id, edge, indent, below, depth } = step;
    const node = nodes.get(id);
    const edges = next.get(id) ?? [];
    const link = edge ? `${ruleIf(edge)}${(reverse || edge.kind === "use" ? reverseEdgeText : edgeText)(edge)} ` : "";
    const cut = edges.length === 0 ? "" : shown.has(id) ? " (shown above)" : depth >= MAX_DEPTH ? " (continues)" : "";
    if (node) lines.push(`${indent}${style.dim(link)}${lineOf(node, style)}${style.dim(cut)}`);
    if (cut !== "") continue;
    shown.add(id);
    stack.push(
      ...edges
        .map((child, i): Step => {
          const last = i === edges.length - 1;
          return {
            id: reverse || child.kind === "use" ? child.to : child.from,
            edge: child,
            indent: `${below}${last ? "└─ " : "├─ "}`,
            below: `${below}${last ? "   " : "│  "}`,
            depth: depth + 1,
          };
        })
        .reverse(),
    );
  }
  return lines.map((line) => `${line}\n`).join("");
}

function lineOf(node: GraphNode, style: Style): string {
  const text = nodeText(node);
  const paint = node.absent !== undefined || node.onCycle ? style.remove : style.dim;
  return `${style.bold(printable(node.id))}  ${paint(text)}${requiredIf(node)}`;
}
