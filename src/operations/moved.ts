import type { Environment } from "../model/environment.js";
import { type SecretRef, refId } from "../model/secret.js";
import type { ApplicationWrite } from "../model/write.js";
import { dependentsOf } from "../secrets/impact.js";
import type { VaultSession } from "../vault/protocol.js";
import { readApplications } from "../vault/read-state.js";
import { sourcesOf } from "./waves.js";

/** The versions that a run has to find again for its copies to be right; 0: none. */
export interface Expected {
  /** What the plan saw. */
  readonly seen: (application: string) => number;
  /** What was written since, by that plan; undefined: nothing. */
  readonly written: (application: string) => number | undefined;
}

/**
 * Writes carry the version of their own application only. So what they depend on is looked at once more after the last
 * of them: the sources of copies, which somebody may have written before the copy was, and the applications with copies
 * that needed no write when the plan was made. Of two runs that cross, at least one sees that.
 *
 * @returns The applications for which a plan has to be made again.
 */
export async function movedAfterwards(
  session: VaultSession,
  environment: Environment,
  writes: readonly ApplicationWrite[],
  { seen, written }: Expected,
): Promise<string[]> {
  const followers = followersOf(writes, environment);
  const watched = new Map(writes.map((write) => [write.application, sourcesOf(write, environment)] as const));
  for (const follower of followers) if (written(follower) === undefined) watched.set(follower, new Set([follower]));
  const now = await readApplications(
    session,
    environment.vault,
    new Set([...watched.values()].flatMap((set) => [...set])),
  );
  const moved = (application: string): boolean =>
    (now.get(application)?.version ?? 0) !== (written(application) ?? seen(application));
  return [...watched].flatMap(([application, others]) => ([...others].some(moved) ? [application] : []));
}

/** The applications with secrets that are made, directly, from those that writes change. */
function followersOf(writes: readonly ApplicationWrite[], environment: Environment): Set<string> {
  const dependents = dependentsOf(environment);
  const changed = writes.flatMap(({ planned }): readonly SecretRef[] => planned.changes);
  return new Set(changed.flatMap((ref) => dependents.get(refId(ref)) ?? []).map(({ application }) => application));
}
