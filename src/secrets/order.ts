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
  const order = placeAfterSources(secrets);
  if (order.length === secrets.length) return { order, cycles: new Map(), behindCycles: [] };
  const placed = new Set(order);
  const rest = secrets.filter((secret) => !placed.has(secret));
  const cycles = findCycles(rest);
  return { order, cycles, behindCycles: placeAfterSources(rest.filter((secret) => !cycles.has(refId(secret)))) };
}

/** Those secrets that can be placed after all of their sources, as far as these are among them. */
function placeAfterSources(secrets: readonly Secret[]): Secret[] {
  const indexes = new Map(secrets.map((secret, index) => [refId(secret), index]));
  const dependents: number[][] = secrets.map(() => []);
  const missing: number[] = [];
  const ready: number[] = [];
  for (const [index, secret] of secrets.entries()) {
    const sources = new Set(sourcesOf(secret).flatMap((source) => indexes.get(refId(source)) ?? []));
    for (const source of sources) dependents[source]?.push(index);
    missing.push(sources.size);
    if (sources.size === 0) ready.push(index);
  }
  // It grows while it is walked.
  for (const index of ready) {
    for (const dependent of dependents[index] ?? []) {
      const left = (missing[dependent] ?? 0) - 1;
      missing[dependent] = left;
      if (left === 0) ready.push(dependent);
    }
  }
  return ready.flatMap((index) => secrets[index] ?? []);
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
