import { refId, type Secret, type SecretRef, sourcesOf } from "../model/secret.js";

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
  const ids = new Set(secrets.map(refId));
  const order = placeAfterSources(secrets, ids);
  const placed = new Set(order.map(refId));
  const rest = secrets.filter((secret) => !placed.has(refId(secret)));
  const cycles = findCycles(rest);
  const onCycle = new Set(cycles.keys());
  const behindCycles = placeAfterSources(
    rest.filter((secret) => !onCycle.has(refId(secret))),
    new Set(rest.map(refId).filter((id) => !onCycle.has(id))),
  );
  return { order, cycles, behindCycles };
}

/** Those secrets that can be placed after all of their sources, as far as these are in `among`. */
function placeAfterSources(secrets: readonly Secret[], among: ReadonlySet<string>): Secret[] {
  const dependents = new Map<string, Secret[]>();
  const missing = new Map<string, number>();
  const order: Secret[] = [];
  for (const secret of secrets) {
    const sources = new Set(
      sourcesOf(secret)
        .map(refId)
        .filter((id) => among.has(id)),
    );
    missing.set(refId(secret), sources.size);
    if (sources.size === 0) order.push(secret);
    for (const id of sources) {
      const others = dependents.get(id);
      if (others) others.push(secret);
      else dependents.set(id, [secret]);
    }
  }
  for (let i = 0; i < order.length; i++) {
    const secret = order[i];
    if (secret === undefined) break;
    for (const dependent of dependents.get(refId(secret)) ?? []) {
      const left = (missing.get(refId(dependent)) ?? 0) - 1;
      missing.set(refId(dependent), left);
      if (left === 0) order.push(dependent);
    }
  }
  return order;
}

/**
 * The cycles among secrets each of which has a source that is on a cycle or behind one. Following, from every secret,
 * the first such source leads into a cycle; those that are only passed on the way are behind it.
 */
function findCycles(rest: readonly Secret[]): Map<string, SecretRef[]> {
  const byId = new Map(rest.map((secret) => [refId(secret), secret]));
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
      const source: SecretRef | undefined = sourcesOf(secret).find((candidate) => byId.has(refId(candidate)));
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
