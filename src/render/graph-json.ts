import type { SecretGraph } from "../model/secret-graph.js";

/** A graph for programs. */
export function graphResult({ environment, nodes, edges }: SecretGraph): object {
  const consumers = nodes.flatMap(({ id, consumer }) => (consumer ? [{ id, ...consumer }] : []));
  const secrets = nodes.filter(({ consumer }) => consumer === undefined);
  const shown = secrets.map(({ application, key, nature, absent, conditions, onCycle }) => ({
    application,
    key,
    kind: nature?.kind,
    generator: nature?.generator,
    absent,
    onCycle,
    conditions,
  }));
  return { environment, nodes: shown, ...(consumers.length > 0 && { consumers }), edges };
}
