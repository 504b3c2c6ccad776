import type { SecretGraph } from "../model/secret-graph.js";
import { jsonText } from "./json.js";

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
  return jsonText({ environment, nodes: shown, edges });
}
