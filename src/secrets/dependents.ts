import { type Environment, requiredSecrets } from "../model/environment.js";
import { groupBy } from "../model/group.js";
import { compareRefs, refId, type SecretRef, sourcesOf } from "../model/secret.js";

/** By reference id: the secrets that have it as a source. */
export function dependentsOf(environment: Environment): ReadonlyMap<string, readonly SecretRef[]> {
  const edges = requiredSecrets(environment).flatMap((secret) => {
    const ref = { application: secret.application, key: secret.key };
    return [...new Set(sourcesOf(secret).map(refId))].map((source) => ({ source, ref }));
  });
  const groups = groupBy(edges, ({ source }) => source);
  return new Map([...groups].map(([source, group]) => [source, group.map(({ ref }) => ref)]));
}

/** Everything that depends on a secret, directly or not, sorted; at most `limit`. */
export function reachable(
  start: string,
  dependents: ReadonlyMap<string, readonly SecretRef[]>,
  limit = Infinity,
): SecretRef[] {
  const found = new Map<string, SecretRef>();
  const queue = [start];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const ref of dependents.get(id) ?? []) {
      if (found.size >= limit) break;
      if (found.has(refId(ref)) || refId(ref) === start) continue;
      found.set(refId(ref), ref);
      queue.push(refId(ref));
    }
  }
  return [...found.values()].sort(compareRefs);
}

/** The reference ids of some secrets and of everything that depends on them. */
export function closure(environment: Environment, refs: readonly SecretRef[]): ReadonlySet<string> {
  const dependents = dependentsOf(environment);
  const found = new Set(refs.map(refId));
  // Grows during iteration.
  for (const id of found) for (const ref of dependents.get(id) ?? []) found.add(refId(ref));
  return found;
}
