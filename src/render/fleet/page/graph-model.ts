import type { FleetEnvironment, FleetSecret, SecretState } from "../../../model/fleet-report.js";

/** A secret in the graph around one application. */
export interface GraphNode {
  readonly id: string;
  readonly application: string;
  readonly key: string;
  /** Undefined: nothing in the report is of that name. */
  readonly state: SecretState | undefined;
  /** How many steps after the first source; the column that it is drawn in. */
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

/** Copies and derivations that begin or end in an application, with the secrets of others at their far ends. */
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
        const kind = edgeKind(secret);
        edges.push({ from: note(source.application, source.key), to: note(name, secret.key), kind });
      }
    }
  }
  const layers = layersOf([...names.keys()], edges);
  const nodes = [...names].map(([id, ref]) => ({ id, ...ref, state: states.get(id), layer: layers.get(id) ?? 0 }));
  return { nodes: nodes.sort((a, b) => a.layer - b.layer || (a.id < b.id ? -1 : 1)), edges };
}

function edgeKind({ kind }: FleetSecret): GraphEdge["kind"] {
  return kind === "copy" ? "copy" : "made";
}

/** More steps than a chain that somebody means has; on a cycle, layers would grow without end. */
const MAX_ROUNDS = 6;

/** The longest way from a source. */
function layersOf(ids: readonly string[], edges: readonly GraphEdge[]): ReadonlyMap<string, number> {
  const layers = new Map(ids.map((id) => [id, 0]));
  for (let round = 0, moved = true; moved && round < Math.min(ids.length, MAX_ROUNDS); round++) {
    moved = false;
    for (const { from, to } of edges) {
      const next = (layers.get(from) ?? 0) + 1;
      if (next <= (layers.get(to) ?? 0)) continue;
      layers.set(to, next);
      moved = true;
    }
  }
  return layers;
}
