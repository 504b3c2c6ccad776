import { refId, type Secret, type SecretRef, sourceOf } from "../model/secret.js";

export interface DependencyOrder {
  /** Every secret after the one that it is made from; those of a cycle, or behind one, are not in it. */
  readonly order: readonly Secret[];
  /** By reference id: the cycle that a secret is a member of. */
  readonly cycles: ReadonlyMap<string, readonly SecretRef[]>;
  /** Secrets that are not on a cycle but depend on one, each after its source. */
  readonly behindCycles: readonly Secret[];
}

/**
 * Orders secrets by dependency in linear time and without recursion, so that a chain of any length works. The result
 * does not depend on the order of the input.
 */
export function orderByDependency(secrets: readonly Secret[]): DependencyOrder {
  const byId = new Map(secrets.map((secret) => [refId(secret), secret]));
  const dependents = new Map<string, Secret[]>();
  const ready: Secret[] = [];
  for (const secret of secrets) {
    const source = sourceOf(secret);
    const id = source === undefined ? undefined : refId(source);
    if (id === undefined || !byId.has(id)) {
      ready.push(secret);
      continue;
    }
    const others = dependents.get(id);
    if (others) others.push(secret);
    else dependents.set(id, [secret]);
  }
  const order = follow(ready, dependents);
  const placed = new Set(order.map(refId));
  const cycles = findCycles(
    secrets.filter((secret) => !placed.has(refId(secret))),
    byId,
  );
  const onCycle = secrets.filter((secret) => cycles.has(refId(secret)));
  const behindCycles = follow(onCycle, dependents).filter((secret) => !cycles.has(refId(secret)));
  return { order, cycles, behindCycles };
}

/** The given secrets and everything that depends on them, sources first. */
function follow(start: readonly Secret[], dependents: ReadonlyMap<string, readonly Secret[]>): Secret[] {
  const order = [...start];
  const seen = new Set(start.map(refId));
  for (let i = 0; i < order.length; i++) {
    const secret = order[i];
    if (secret === undefined) break;
    for (const dependent of dependents.get(refId(secret)) ?? []) {
      const id = refId(dependent);
      if (seen.has(id)) continue;
      seen.add(id);
      order.push(dependent);
    }
  }
  return order;
}

/** Every secret has at most one source, so each cycle is met by following sources from any of its members. */
function findCycles(rest: readonly Secret[], byId: ReadonlyMap<string, Secret>): Map<string, SecretRef[]> {
  const cycles = new Map<string, SecretRef[]>();
  const visited = new Set<string>();
  for (const start of rest) {
    const path: Secret[] = [];
    const positions = new Map<string, number>();
    let secret: Secret | undefined = start;
    while (secret !== undefined && !visited.has(refId(secret))) {
      visited.add(refId(secret));
      positions.set(refId(secret), path.length);
      path.push(secret);
      const source: SecretRef | undefined = sourceOf(secret);
      secret = source && byId.get(refId(source));
    }
    const entry = secret && positions.get(refId(secret));
    if (entry === undefined) continue;
    const members = path.slice(entry).map(({ application, key }) => ({ application, key }));
    for (const [i, member] of members.entries()) {
      cycles.set(refId(member), [...members.slice(i), ...members.slice(0, i)]);
    }
  }
  return cycles;
}
