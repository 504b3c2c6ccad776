import type { FleetEnvironment, SecretState } from "../../../model/fleet-report.js";
import { layersOf } from "../../../model/layers.js";

/** A secret in the graph around one application. */
export interface GraphNode {
  readonly id: string;
  readonly application: string;
  readonly key: string;
  /** Undefined: the report has nothing of that name. */
  readonly state: SecretState | undefined;
  /** How many steps after the first source; also the column it is drawn in. */
  readonly layer: number;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: "copy" | "made";
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Copies and derivations that start or end in an application, including the secrets of others at their far ends. */
export function graphOf({ applications }: FleetEnvironment, application: string): Graph {
  const states = new Map<string, SecretState>();
  const names = new Map<string, { application: string; key: string }>();
  const edges: GraphEdge[] = [];
  const note = (owner: string, key: string): string => {
    const id = `${owner}/${key}`;
    names.set(id, { application: owner, key });
    return id;
  };
  for (const { name, secrets } of applications) {
    for (const secret of secrets) {
      states.set(`${name}/${secret.key}`, secret.state);
      for (const source of secret.sources ?? []) {
        if (name !== application && source.application !== application) continue;
        const kind = secret.kind === "copy" ? "copy" : "made";
        edges.push({ from: note(source.application, source.key), to: note(name, secret.key), kind });
      }
    }
  }
  const layers = layersOf([...names.keys()], edges);
  const nodes = [...names].map(([id, ref]) => ({ id, ...ref, state: states.get(id), layer: layers.get(id) ?? 0 }));
  return { nodes: nodes.sort((a, b) => a.layer - b.layer || (a.id < b.id ? -1 : 1)), edges };
}
