import type { SecretGraph } from "../model/secret-graph.js";

/** A graph for programs. */
export function graphResult({ environment, nodes, edges }: SecretGraph): object {
  const shown = nodes.map(({ application, key, nature, absent, conditions, onCycle }) => ({
    application,
    key,
    kind: nature?.kind,
    generator: nature?.generator,
    absent,
    onCycle,
    conditions,
  }));
  return { environment, nodes: shown, edges };
}
