import { PULL_SECRET, type Environment, requiredSecrets } from "../model/environment.js";
import { type CurrentState, valuesOf } from "../model/current-state.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Change, changesOf, type Plan } from "../model/plan.js";
import { refId, type SecretRef } from "../model/secret.js";
import { sameStoredValue } from "../model/secret-value.js";
import type { ApplicationHistory } from "../model/history.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import type { AppliedWrite } from "../operations/apply-plan.js";
import { computePlan, planFor } from "../operations/compute-plan.js";
import { closure } from "../secrets/dependents.js";
import { keyHistory } from "../secrets/history.js";
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
  histories: readonly ApplicationHistory[],
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
  return undoneBySync({ environment, staticSecrets, removed, after, histories }, next, new Set(changes.map(refId)));
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
    ...undoneBySync({ environment, staticSecrets, removed: new Map(), after: new Map(), histories: [] }, plan, own),
    ...leavesFollowers(plan, behind),
  ];
}

function leavesFollowers(
  { environment }: Plan,
  secrets: readonly string[],
  kept?: { readonly sources: readonly string[]; readonly run: string | undefined },
): AnyDiagnostic[] {
  return secrets.length === 0
    ? []
    : [diagnostic("restore-leaves-followers", { secrets, ...kept }, { subject: { environment } })];
}

interface AfterRestore {
  readonly environment: Environment;
  readonly staticSecrets: StaticSecrets | undefined;
  /** The last version with a value of each key that is removed. */
  readonly removed: ReadonlyMap<string, number>;
  /** What Vault will hold, as far as it is known, and what it has held; empty after the restore. */
  readonly after: CurrentState;
  readonly histories: readonly ApplicationHistory[];
}

/** What the next sync would do to what was restored. */
function undoneBySync(after: AfterRestore, next: Plan, restored: ReadonlySet<string>): AnyDiagnostic[] {
  const changes = changesOf(next).filter((change) => restored.has(refId(change)) && change.application !== PULL_SECRET);
  const stops = new Set(next.blocked.map(({ application }) => application));
  const applications = [...new Set(changes.map(({ application }) => application))].filter((name) => stops.has(name));
  return [
    // A sync that stops changes nothing.
    ...(stops.size + next.unresolved.length > 0 ? [] : changedAgain(after, changes)),
    ...ofOtherSource(after, next, changes, restored),
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
  restore: AfterRestore,
  next: Plan,
  changes: readonly Change[],
  restored: ReadonlySet<string>,
): AnyDiagnostic[] {
  const { environment, removed } = restore;
  const differing = changes.flatMap((change) =>
    change.cause.kind === "copy-differs" ? [{ change, ...change.cause }] : [],
  );
  const behind = differing.filter(({ isSourceMissing }) => isSourceMissing === undefined);
  const kept = behind.filter(({ source }) => !restored.has(refId(source)));
  const runs = new Set(kept.map(({ source, change }) => runToUndo(restore, source, change)));
  const sources = [...new Set(kept.map(({ source }) => refId(source)))];
  return [
    ...differing.flatMap(({ change, source, isSourceMissing }) => {
      if (isSourceMissing === undefined) return [];
      const details = { source, ...lastOf(source, removed) };
      return [diagnostic("restore-without-source", details, about(change, environment))];
    }),
    ...leavesFollowers(
      next,
      behind.map(({ change }) => refId(change)),
      sources.length === 0 ? undefined : { sources, run: runs.size === 1 ? [...runs][0] : undefined },
    ),
  ];
}

/** The run that changed a source last, if undoing it gives the source the value that its copy will have. */
function runToUndo({ environment, after, histories }: AfterRestore, source: SecretRef, copy: SecretRef) {
  const history = histories.find(({ application }) => application === source.application);
  const run = history && keyHistory(source.key, history).writes.at(-1)?.run;
  if (history === undefined || run === undefined) return undefined;
  const { provenance, versions } = history;
  const owner = provenance.runs.get(run)?.environment ?? environment.name;
  const first = versions.findIndex(({ version }) => provenance.writers.get(version)?.run === run);
  const before = versions[first - 1]?.values?.get(source.key);
  const isSame = before !== undefined && sameStoredValue(before, valuesOf(after, copy.application).get(copy.key));
  return isSame && owner === environment.name ? run : undefined;
}

function about({ application, key }: SecretRef, { name }: Environment) {
  return { subject: { environment: name, application, key } };
}

function lastOf(ref: SecretRef, removed: AfterRestore["removed"]): { readonly version?: number } {
  const version = removed.get(refId(ref));
  return version === undefined ? {} : { version };
}
