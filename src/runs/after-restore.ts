import { PULL_SECRET, type Environment, requiredSecrets } from "../model/environment.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Change, changesOf, type Plan } from "../model/plan.js";
import { refId, type SecretRef } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import type { AppliedWrite } from "../operations/apply-plan.js";
import { computePlan, planFor } from "../operations/compute-plan.js";
import { closure } from "../secrets/dependents.js";
import type { Restoration } from "../secrets/restore.js";
import type { Loaded } from "../target/load.js";
import { auditTarget } from "../target/target-options.js";
import type { Context } from "../terminal/context.js";
import type { VaultSession } from "../vault/protocol.js";

/** The keys that the next sync would change again, as far as can be predicted. */
export function nextSync(
  context: Context,
  loaded: Loaded,
  staticSecrets: StaticSecrets | undefined,
  { plan, after }: Restoration,
): AnyDiagnostic[] {
  if (plan.applications.length === 0) return [];
  const target = auditTarget(context, loaded, staticSecrets, { exclude: [] });
  const changes = changesOf(plan);
  const removed = new Map(
    changes.flatMap((change) =>
      change.cause.kind === "not-there-then" && change.cause.heldIn !== undefined
        ? [[refId(change), change.cause.heldIn]]
        : [],
    ),
  );
  const { environment } = loaded;
  const next = planFor(target, after).plan;
  return undoneBySync({ environment, staticSecrets, removed }, next, new Set(changes.map(refId)));
}

/**
 * The same for applications restored as a whole, whose values could not be read before: their keys, and what derives
 * from them.
 */
export async function nextSyncOfWhole(
  context: Context,
  loaded: Loaded,
  staticSecrets: StaticSecrets | undefined,
  session: VaultSession,
  applied: readonly AppliedWrite[],
): Promise<AnyDiagnostic[]> {
  const whole = new Set(
    applied.flatMap(({ write: { kind, application } }) =>
      kind === "undelete" || kind === "recover" ? [application] : [],
    ),
  );
  if (whole.size === 0) return [];
  const { environment } = loaded;
  const target = auditTarget(context, loaded, staticSecrets, { exclude: [] });
  const { plan } = await computePlan(session, target);
  const back = requiredSecrets(environment).filter(({ application }) => whole.has(application));
  const followers = closure(environment, back);
  const own = new Set(back.map(refId));
  // What Vault does not hold has no other value; a sync, or a restore, decides about it.
  const behind = changesOf(plan)
    .filter(({ action }) => action === "update")
    .map(refId)
    .filter((name) => followers.has(name) && !own.has(name));
  return [
    ...undoneBySync({ environment, staticSecrets, removed: new Map() }, plan, own),
    ...leavesFollowers(plan, behind),
  ];
}

function leavesFollowers({ environment }: Plan, secrets: readonly string[]): AnyDiagnostic[] {
  return secrets.length === 0
    ? []
    : [diagnostic("restore-leaves-followers", { secrets }, { subject: { environment } })];
}

interface AfterRestore {
  readonly environment: Environment;
  readonly staticSecrets: StaticSecrets | undefined;
  /** The last version with a value of each key that is removed. */
  readonly removed: ReadonlyMap<string, number>;
}

/** What the next sync would do to what was restored. */
function undoneBySync(after: AfterRestore, next: Plan, restored: ReadonlySet<string>): AnyDiagnostic[] {
  const changes = changesOf(next).filter((change) => restored.has(refId(change)) && change.application !== PULL_SECRET);
  const stops = new Set(next.blocked.map(({ application }) => application));
  const applications = [...new Set(changes.map(({ application }) => application))].filter((name) => stops.has(name));
  return [
    // A sync that stops changes nothing.
    ...(stops.size + next.unresolved.length > 0 ? [] : changedAgain(after, changes)),
    ...ofOtherSource(after, next, changes),
    ...(applications.length === 0 ? [] : [diagnostic("restore-stops-sync", { applications })]),
  ];
}

/** Restored values that the next sync would replace, and removed ones that it would generate. */
function changedAgain(after: AfterRestore, changes: readonly Change[]): AnyDiagnostic[] {
  const { environment, staticSecrets, removed } = after;
  const kindOf = ({ application, key }: SecretRef) => environment.applications.get(application)?.secrets.get(key)?.kind;
  // A restored copy that no longer equals its source does not wait for a sync.
  const again = changes.filter(({ cause }) => cause.kind !== "copy-differs");
  const isAnew = (change: Change): boolean => change.cause.kind === "missing" && kindOf(change) === "generate";
  const kept = again.filter((change) => !isAnew(change));
  const replaced = kept.filter(({ action }) => action !== "create");
  const isStatic = replaced.some((change) => kindOf(change) === "static");
  const undone = diagnostic("restore-undone-by-sync", {
    secrets: kept.map(refId),
    files: isStatic && staticSecrets?.origin === "file" ? (staticSecrets.files ?? []) : [],
    onepassword: isStatic && staticSecrets?.origin === "onepassword",
    removed: kept.filter(({ action }) => action === "create").map(refId),
    configuration: replaced.some((change) => kindOf(change) === "fixed" || kindOf(change) === "template"),
  });
  return [
    ...(kept.length === 0 ? [] : [undone]),
    ...again
      .filter(isAnew)
      .map((change) => diagnostic("restore-regenerated-by-sync", lastOf(change, removed), about(change, environment))),
  ];
}

/** Restored copies that differ from their source, or have none. */
function ofOtherSource(
  { environment, removed }: AfterRestore,
  next: Plan,
  changes: readonly Change[],
): AnyDiagnostic[] {
  const differing = changes.flatMap((change) =>
    change.cause.kind === "copy-differs" ? [{ change, ...change.cause }] : [],
  );
  return [
    ...differing.flatMap(({ change, source, isSourceMissing }) => {
      if (isSourceMissing === undefined) return [];
      const details = { source, ...lastOf(source, removed) };
      return [diagnostic("restore-without-source", details, about(change, environment))];
    }),
    ...leavesFollowers(
      next,
      differing.flatMap(({ change, isSourceMissing }) => (isSourceMissing === undefined ? [refId(change)] : [])),
    ),
  ];
}

function about({ application, key }: SecretRef, { name }: Environment) {
  return { subject: { environment: name, application, key } };
}

function lastOf(ref: SecretRef, removed: AfterRestore["removed"]): { readonly version?: number } {
  const version = removed.get(refId(ref));
  return version === undefined ? {} : { version };
}
