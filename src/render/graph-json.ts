import type { SecretGraph } from "../model/secret-graph.js";

/** A graph for programs. */
export function renderGraphJson({ environment, nodes, edges }: SecretGraph): string {
  const shown = nodes.map(({ application, key, nature, absent, conditions, onCycle }) => ({
    application,
    key,
    kind: nature?.kind,
    generator: nature?.generator,
    absent,
    onCycle,
    conditions,
  }));
  return `${JSON.stringify({ environment, nodes: shown, edges }, null, 2)}\n`;
}
