import type { Declaration } from "../model/declaration.js";
import { type Environment, requiredSecrets, whyAbsent } from "../model/environment.js";
import { compareRefs, refId, type Secret, type SecretRef, sourcesOf, natureOf } from "../model/secret.js";
import type { GraphEdge, GraphNode, SecretGraph } from "../model/secret-graph.js";
import { orderByDependency } from "../secrets/order.js";

/** What is declared about a secret; undefined if no file declares it. */
export type FindDeclaration = (application: string, key: string) => Declaration | undefined;

interface FoundEdge extends GraphEdge {
  readonly source: SecretRef;
}

/** The graph of a whole environment; a secret that is not required appears only if a rule names it. */
export function buildGraph(environment: Environment, declaration: FindDeclaration): SecretGraph {
  const required = requiredSecrets(environment);
  const { cycles } = orderByDependency(required);
  const edges = required.flatMap((secret) => edgesOf(secret, declaration(secret.application, secret.key)));
  const nodes = new Map(
    required.map((secret): [string, GraphNode] => {
      const { application, key } = secret;
      const id = refId(secret);
      const conditions = declaration(application, key)?.conditions ?? [];
      return [
        id,
        { id, application, key, nature: natureOf(secret), absent: undefined, conditions, onCycle: cycles.has(id) },
      ];
    }),
  );
  for (const { source } of edges) {
    const id = refId(source);
    if (!nodes.has(id)) nodes.set(id, absentNode(environment, source, declaration));
  }
  return {
    environment: environment.name,
    nodes: [...nodes.values()].sort(compareRefs),
    edges: edges
      .map(({ from, to, kind, active, condition }) => ({ from, to, kind, active, condition }))
      .sort((a, b) => compareIds(nodes, a.from, b.from) || compareIds(nodes, a.to, b.to)),
  };
}

function compareIds(nodes: ReadonlyMap<string, GraphNode>, a: string, b: string): number {
  const [left, right] = [nodes.get(a), nodes.get(b)];
  return left && right ? compareRefs(left, right) : 0;
}

function edgesOf(secret: Secret, declared: Declaration | undefined): FoundEdge[] {
  const to = refId(secret);
  const kind = secret.kind === "copy" ? "copy" : secret.kind === "template" ? "template" : "derivation";
  const rule = kind === "copy" ? declared?.written.copy : declared?.written.generate;
  const condition = rule?.if || undefined;
  const active = [...new Map(sourcesOf(secret).map((source) => [refId(source), source])).values()].map(
    (source): FoundEdge => ({ from: refId(source), to, kind, active: true, condition, source }),
  );
  return [...active, ...idleEdges(secret, declared, to)];
}

/** Rules whose condition is false. */
function idleEdges(secret: Secret, declared: Declaration | undefined, to: string): FoundEdge[] {
  const idle = (of: "copy" | "generate"): string | undefined =>
    declared?.conditions.find((condition) => condition.of === of && !condition.holds)?.path;
  const { copy, generate } = declared?.written ?? {};
  const edges: FoundEdge[] = [];
  const add = (kind: GraphEdge["kind"], source: SecretRef, condition: string): void =>
    void edges.push({ from: refId(source), to, kind, active: false, condition, source });
  const [copyIf, generateIf] = [idle("copy"), idle("generate")];
  if (copy && copyIf !== undefined) add("copy", { application: copy.application, key: copy.key }, copyIf);
  if (generate && "source" in generate && generateIf !== undefined) {
    add("derivation", { application: secret.application, key: generate.source }, generateIf);
  }
  return edges;
}

function absentNode(environment: Environment, { application, key }: SecretRef, find: FindDeclaration): GraphNode {
  const absent = whyAbsent(environment, { application, key });
  const conditions = absent === "condition-false" ? (find(application, key)?.conditions ?? []) : [];
  return { id: refId({ application, key }), application, key, nature: undefined, absent, conditions, onCycle: false };
}
