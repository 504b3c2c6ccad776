import { compareCodePoints } from "../model/code-points.js";
import { type CurrentState, valuesOf } from "../model/current-state.js";
import type { Environment } from "../model/environment.js";
import { groupBy } from "../model/group.js";
import type { Effect, Impact, Invalidation, RemovedKey } from "../model/impact.js";
import { type ApplicationPlan, type Change, changesOf, type Plan } from "../model/plan.js";
import { sameStoredValue } from "../model/secret-value.js";
import { compareRefs, refId, type Secret, type SecretRef, sourcesOf } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { dependentsOf, reachable } from "./dependents.js";
import { invalidation, replacesValue } from "./invalidation.js";
import { generatorOf } from "./generators.js";
import { originOf } from "./origin.js";

/**
 * How many dependents are followed for all changes together, and after that still for each one: in a chain, the
 * dependents of all changes add up to a square.
 */
const BUDGET = 50_000;
const AT_LEAST = 50;

/**
 * Computes the impact of a plan, from the plan and the declarations alone.
 *
 * @param staticSecrets Only their origins are used.
 * @param after What Vault will hold, as far as it is known: a copy that already has its source's new value is not left
 * behind.
 * @param restored What already holds the value that a restore would give it: it is not left behind, either.
 */
export function impactOf(
  plan: Plan,
  environment: Environment,
  staticSecrets?: StaticSecrets,
  after: CurrentState = new Map(),
  restored: ReadonlySet<string> = new Set(),
): Impact {
  const changes = changesOf(plan);
  const changed = new Set(changes.map(refId));
  const covered = new Set(
    plan.applications
      .filter(({ base }) => base.kind === "deleted" || base.kind === "destroyed")
      .map((each) => each.application),
  );
  const earlier = followingEarlier(changes, changed);
  const dependents = dependentsOf(environment);
  let budget = BUDGET;
  return {
    changes: changes.map((change) => {
      const limit = Math.max(budget, AT_LEAST);
      const all = reachable(refId(change), dependents, limit);
      budget -= all.length;
      const origin = originOf(change, { environment, staticSecrets });
      return {
        ...(all.length >= limit ? { isCut: true } : {}),
        change,
        ...(origin && { origin }),
        followers: all.filter((ref) => changed.has(refId(ref))),
        leftBehind:
          change.action === "create"
            ? []
            : all.filter(
                (ref) =>
                  !changed.has(refId(ref)) && !restored.has(refId(ref)) && !holdsCopy(ref, change, environment, after),
              ),
        invalidates: earlier.has(refId(change))
          ? withSourcesUnchanged(invalidation(change, findSecret(environment, change)))
          : isHashAlone(change, findSecret(environment, change), changed)
            ? { effect: effectOfHash(change), permanent: false }
            : invalidation(change, findSecret(environment, change), covered.has(change.application)),
      };
    }),
    restart: restartsOf(plan.applications, environment),
  };
}

function holdsCopy(ref: SecretRef, source: SecretRef, environment: Environment, after: CurrentState): boolean {
  const copied = valuesOf(after, source.application).get(source.key);
  return (
    copied !== undefined &&
    findSecret(environment, ref)?.kind === "copy" &&
    sameStoredValue(valuesOf(after, ref.application).get(ref.key), copied)
  );
}

/**
 * Changes that only catch up with one from before this plan, directly or through each other, so that the old values may
 * be refused already.
 */
function followingEarlier(changes: readonly Change[], changed: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set(
    changes
      .filter(
        ({ cause }) =>
          cause.kind === "template-differs" || (cause.kind === "copy-differs" && !changed.has(refId(cause.source))),
      )
      .map(refId),
  );
  const following = groupBy(
    changes.flatMap(({ cause, ...ref }) =>
      cause.kind === "source-changes" ? [{ ref, source: refId(cause.source) }] : [],
    ),
    ({ source }) => source,
  );
  // Grows during iteration.
  for (const id of found) for (const { ref } of following.get(id) ?? []) found.add(refId(ref));
  return found;
}

function withSourcesUnchanged(invalidates: Invalidation | undefined): Invalidation | undefined {
  return invalidates?.permanent === false ? { ...invalidates, effect: "sources-unchanged" } : invalidates;
}

/** Whether a hash is replaced, but not what it is made from. */
function isHashAlone(change: Change, secret: Secret | undefined, changed: ReadonlySet<string>): boolean {
  if (secret?.kind !== "generate" || change.action === "delete" || !replacesValue(change)) return false;
  return generatorOf(secret.rule).isHash === true && !sourcesOf(secret).some((ref) => changed.has(refId(ref)));
}

/** An earlier hash may be that of another password than Vault's. */
function effectOfHash({ cause }: Change): Effect {
  return cause.kind === "restored" || cause.kind === "other-prefix" ? "hash-decides-login" : "old-hash-refused";
}

/** The enabled applications whose running pods hold old values after the write. */
export function restartsOf(planned: readonly ApplicationPlan[], { applications }: Environment): string[] {
  const old = planned.filter((each) => applications.has(each.application) && leavesOld(each));
  return [...new Set(old.map(({ application }) => application))].sort(compareCodePoints);
}

/**
 * The keys of which another value may be in use after the write, or that are missing although they are required;
 * applications in the order of `restartsOf`.
 */
export function heldAfter(planned: readonly ApplicationPlan[], environment: Environment): SecretRef[] {
  const restarts = new Set(restartsOf(planned, environment));
  const keys = planned.flatMap(({ application, action, base, changes }) => {
    if (action === "delete" || action === "purge")
      return changes.flatMap(({ key }) =>
        findSecret(environment, { application, key }) === undefined ? [] : [{ application, key }],
      );
    if (!restarts.has(application)) return [];
    // What it restores is not known until it is read.
    const all = action === "recover" ? keysOf(application, environment) : [];
    const isOverOld = base.kind === "deleted" || base.kind === "destroyed";
    const changed = changes.filter((change) => isOverOld || mayHoldOther(change)).map(({ key }) => key);
    return [...new Set([...changed, ...all])].map((key) => ({ application, key }));
  });
  return keys.sort(compareRefs);
}

/**
 * New passwords that a database has to get as well, as reference ids: those that do not merely follow another one.
 *
 * @param earlier What the interrupted runs that this one continues were to change.
 */
export function databasePasswords(
  planned: readonly ApplicationPlan[],
  environment: Environment,
  earlier: readonly SecretRef[] = [],
): string[] {
  const before = new Set(earlier.map(refId));
  const first = earlier
    .filter((ref) => findSecret(environment, ref) !== undefined)
    .map((ref): Change => ({ ...ref, action: "update", cause: { kind: "regeneration-requested" } }));
  const changes = planned.flatMap(({ application, action, changes }): readonly Change[] =>
    // Which of its keys have changed is not known.
    action === "recover"
      ? keysOf(application, environment).map((key) => ({ application, key, action: "update", cause: RECOVERED }))
      : changes,
  );
  const found = [...first, ...changes].filter((change) => {
    const secret = findSecret(environment, change);
    const { kind } = change.cause;
    if (secret && sourcesOf(secret).some((source) => before.has(refId(source)))) return false;
    if (kind === "source-changes" || (kind === "restored" && secret?.kind === "copy")) return false;
    return invalidation(change, secret)?.effect === "database-clients-refused";
  });
  return found.map(refId).sort(compareCodePoints);
}

const RECOVERED = { kind: "restored", version: 0 } as const;

function keysOf(application: string, { applications }: Environment): string[] {
  return [...(applications.get(application)?.secrets.keys() ?? [])];
}

/**
 * Keys whose readers should not be restarted: those that a plan removes, and those that come from them. A restore may go
 * back to before a key existed, and a sync may delete what a chart still reads. Maps each to the removed key.
 *
 * @param earlier What the interrupted runs that it continues were to change: a sync keeps what is required.
 */
export function removedKeys(
  planned: readonly ApplicationPlan[],
  environment: Environment,
  earlier: readonly SecretRef[] = [],
): ReadonlyMap<string, RemovedKey> {
  const isRequired = (ref: SecretRef): boolean => findSecret(environment, ref) !== undefined;
  const removed = [
    ...planned.flatMap(({ changes }): readonly SecretRef[] => changes.filter(({ action }) => action === "delete")),
    ...earlier.filter((ref) => !isRequired(ref)),
  ];
  if (removed.length === 0) return new Map();
  const dependents = dependentsOf(environment);
  return new Map(
    removed.flatMap((ref) => {
      const gone = { id: refId(ref), isRequired: isRequired(ref) };
      return [ref, ...reachable(gone.id, dependents)].map((each) => [refId(each), gone] as const);
    }),
  );
}

/**
 * Orders applications so that each comes after those it copies from; ones that copy from each other keep their order.
 */
export function sourcesFirst(refs: readonly SecretRef[], { applications }: Environment): string[] {
  const among = new Set(refs.map(({ application }) => application));
  const sources = new Map<string, Set<string>>();
  for (const { application, key } of refs) {
    const secret = applications.get(application)?.secrets.get(key);
    const own = sources.get(application) ?? new Set();
    sources.set(application, own);
    for (const source of secret ? sourcesOf(secret) : [])
      if (source.application !== application && among.has(source.application)) own.add(source.application);
  }
  const ordered: string[] = [];
  const left = new Set([...among].sort(compareCodePoints));
  while (left.size > 0) {
    const free = [...left].filter((each) => ![...(sources.get(each) ?? [])].some((source) => left.has(source)));
    for (const each of free.length > 0 ? free : [...left]) {
      ordered.push(each);
      left.delete(each);
    }
  }
  return ordered;
}

/** The pods already hold what an undelete restores, and a deleted application leaves them nothing to start with. */
function leavesOld({ action, base, changes }: ApplicationPlan): boolean {
  if (action === "undelete" || action === "delete" || action === "purge") return false;
  if (action === "recover") return true;
  const isOverOld = base.kind === "deleted" || base.kind === "destroyed";
  return changes.some((change) => isOverOld || mayHoldOther(change));
}

/** Whether a pod may hold another value: what a restore brings back was there before, and was missing since. */
function mayHoldOther(change: Change): boolean {
  return replacesValue(change) || (change.action === "create" && change.cause.kind === "restored");
}

function findSecret(environment: Environment, { application, key }: SecretRef): Secret | undefined {
  return environment.applications.get(application)?.secrets.get(key);
}
