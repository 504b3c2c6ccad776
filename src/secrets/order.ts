import { compareRefs, refId, type Secret, type SecretRef, sourcesOf } from "../model/secret.js";

export interface DependencyOrder {
  /** Every secret after those it derives from; without those on or behind a cycle. */
  readonly order: readonly Secret[];
  /** By reference id: the cycle that a secret is on, starting with its smallest member. */
  readonly cycles: ReadonlyMap<string, readonly SecretRef[]>;
  /** Secrets that are not on a cycle but depend on one, each after its sources. */
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

interface Waiting {
  readonly secret: Secret;
  readonly dependents: Waiting[];
  /** How many of its sources are not placed yet. */
  missing: number;
}

/** The secrets that can be placed after all of their sources, as far as those are in the input. */
function placeAfterSources(secrets: readonly Secret[]): Secret[] {
  const waiting = new Map(
    secrets.map((secret): [string, Waiting] => [refId(secret), { secret, dependents: [], missing: 0 }]),
  );
  for (const dependent of waiting.values()) {
    const sources = new Set(sourcesOf(dependent.secret).flatMap((source) => waiting.get(refId(source)) ?? []));
    for (const source of sources) source.dependents.push(dependent);
    dependent.missing = sources.size;
  }
  const ready = [...waiting.values()].filter(({ missing }) => missing === 0);
  // Grows during iteration.
  for (const { dependents } of ready) {
    for (const dependent of dependents) {
      dependent.missing -= 1;
      if (dependent.missing === 0) ready.push(dependent);
    }
  }
  return ready.map(({ secret }) => secret);
}

/**
 * Finds the cycles among secrets that all have a source on or behind a cycle. Following the first such source from
 * every secret leads into a cycle; secrets merely passed along the path are behind it.
 */
function findCycles(rest: readonly Secret[]): Map<string, SecretRef[]> {
  const byId = new Map(rest.map((secret) => [refId(secret), secret]));
  const firstSource = (secret: Secret): Secret | undefined =>
    sourcesOf(secret).flatMap((source) => byId.get(refId(source)) ?? [])[0];
  const cycles = new Map<string, SecretRef[]>();
  const visited = new Set<Secret>();
  for (const start of rest) {
    const path: Secret[] = [];
    let secret: Secret | undefined = start;
    while (secret !== undefined && !visited.has(secret)) {
      visited.add(secret);
      path.push(secret);
      secret = firstSource(secret);
    }
    // A secret visited on another path is behind the cycle found there.
    const entry = secret === undefined ? -1 : path.indexOf(secret);
    if (entry < 0) continue;
    // One list shared by all members: a long cycle must not become a square.
    const members = fromSmallest(path.slice(entry).map(({ application, key }) => ({ application, key })));
    for (const member of members) cycles.set(refId(member), members);
  }
  return cycles;
}

/** A cycle, starting with its smallest member. */
function fromSmallest(members: readonly SecretRef[]): SecretRef[] {
  const smallest = members.reduce((least, each, i) => (compareRefs(each, members[least] ?? each) < 0 ? i : least), 0);
  return [...members.slice(smallest), ...members.slice(0, smallest)];
}
