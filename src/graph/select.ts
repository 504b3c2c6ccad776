import { groupBy } from "../model/group.js";
import type { GraphEdge, SecretGraph } from "../model/secret-graph.js";

/** Part of a graph, and where to start reading it. */
export interface Selection {
  readonly graph: SecretGraph;
  /** The ids to start with, in graph order. */
  readonly roots: readonly string[];
}

/** The whole graph; secrets without an edge only if `all`. */
export function selectAll(graph: SecretGraph, reverse: boolean, all: boolean): Selection {
  const linked = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
  const nodes = all ? graph.nodes : graph.nodes.filter(({ id }) => linked.has(id));
  // Start with what nothing else derives from or, in reverse, with what derives from nothing else.
  const inner = new Set(graph.edges.map(({ from, to }) => (reverse ? to : from)));
  const tops = nodes.map(({ id }) => id).filter((id) => !inner.has(id));
  const reached = reach(graph.edges, tops, reverse);
  // The rest is on a cycle, or only behind one.
  const roots = [...tops];
  for (const { id } of [...nodes.filter(({ onCycle }) => onCycle), ...nodes]) {
    if (reached.has(id)) continue;
    roots.push(id);
    for (const other of reach(graph.edges, [id], reverse)) reached.add(other);
  }
  return { graph: { ...graph, nodes }, roots };
}

/** The given secrets, and everything they derive from; in reverse, everything that derives from them. */
export function selectFrom(graph: SecretGraph, roots: readonly string[], reverse: boolean): Selection {
  const ids = reach(graph.edges, roots, reverse);
  return {
    graph: {
      ...graph,
      nodes: graph.nodes.filter(({ id }) => ids.has(id)),
      edges: graph.edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
    },
    roots,
  };
}

function reach(edges: readonly GraphEdge[], roots: readonly string[], reverse: boolean): Set<string> {
  const next = groupBy(edges, ({ from, to }) => (reverse ? from : to));
  const reached = new Set(roots);
  // A Set iterates in insertion order, including items added during iteration.
  for (const id of reached) for (const { from, to } of next.get(id) ?? []) reached.add(reverse ? to : from);
  return reached;
}
