import type { GraphEdge, GraphNode } from "../model/secret-graph.js";
import { refId } from "../model/secret.js";
import type { KeyUses } from "../model/who-uses.js";
import type { Selection } from "./select.js";

/**
 * The same, with the consumers of the secrets as end nodes.
 *
 * @param all Whether to keep secrets that nothing derives from, that derive from nothing, and that nothing uses.
 */
export function withConsumers({ graph, roots }: Selection, keys: readonly KeyUses[], all: boolean): Selection {
  const secrets = new Set(graph.nodes.map(({ id }) => id));
  const consumers = new Map<string, GraphNode>();
  const uses = new Map<string, GraphEdge>();
  for (const key of keys.filter((each) => secrets.has(refId(each)))) {
    for (const { object } of key.secrets.flatMap((secret) => secret.consumers)) {
      const node = consumerNode(object);
      consumers.set(node.id, node);
      const from = refId(key);
      uses.set(`${from} ${node.id}`, { from, to: node.id, kind: "use", active: true, condition: undefined });
    }
  }
  const edges = [...graph.edges, ...uses.values()];
  const linked = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const nodes = graph.nodes.filter(({ id }) => all || linked.has(id));
  const shown = new Set(nodes.map(({ id }) => id));
  return {
    graph: { ...graph, nodes: [...nodes, ...consumers.values()], edges },
    roots: roots.filter((id) => shown.has(id)),
  };
}

function consumerNode(object: GraphNode["consumer"] & {}): GraphNode {
  const { kind, name, namespace } = object;
  const id = `${kind} ${name} in ${namespace}`;
  const secret = { application: namespace, key: `${kind}/${name}`, nature: undefined, absent: undefined };
  return { id, consumer: object, ...secret, conditions: [], onCycle: false };
}
