import { type CurrentState, valuesOf } from "../model/current-state.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import { type Environment, requiredSecrets, vaultPrefix, whyAbsent } from "../model/environment.js";
import { isDeletedAt, type SecretVersions } from "../model/history.js";
import { isKubernetesKey } from "../model/names.js";
import { changesOf, type HeldState, type Plan } from "../model/plan.js";
import { refId, sourcesOf } from "../model/secret.js";
import { SecretValue } from "../model/secret-value.js";
import { type UndoLimit, undoWarning } from "../model/undo-limit.js";
import { beyondKubernetes, type Planned } from "../secrets/kubernetes-size.js";
import { takenBackLatest } from "../secrets/taken-back.js";
import { located } from "../vault/locate.js";
import type { VaultSession } from "../vault/protocol.js";
import { disappearing } from "./disappearing.js";
import { provenanceWarnings } from "./provenance-warnings.js";
import { CLOCK_PRECISION } from "./read-history.js";
import { changedWith, heldByOthers } from "./shared-prefix.js";
import { replacedVersions, undoLimits } from "./undo-limits.js";

/** What to know about a plan before it is applied, regardless of who shows it. */
export interface Diagnosis {
  readonly limits: readonly UndoLimit[];
  /** Includes the limits. */
  readonly warnings: readonly AnyDiagnostic[];
}

type StateOf = (application: string, version: number) => HeldState | undefined;

/**
 * What to know about the declarations and what Vault holds, whether or not anything changes.
 *
 * @param environment With its place in Vault as the server says that it is.
 * @param stateOf What has become of a version, if that was read.
 */
export function stateWarnings(
  environment: Environment,
  planned: Planned,
  changes: ReadonlySet<string> = new Set(),
  stateOf?: StateOf,
): AnyDiagnostic[] {
  return [
    ...unusableKeys(environment),
    ...keptWithoutSource(environment, planned.current, changes),
    ...goneKeys(environment, planned.plan, stateOf),
    ...[...beyondKubernetes(planned)].map(([application, bytes]) =>
      diagnostic("secret-beyond-kubernetes", { bytes }, { subject: { application } }),
    ),
    // An audit applies nothing.
    ...disappearing(environment.vault, planned.current, changes.size > 0 ? planned.plan : undefined),
    ...provenanceWarnings(environment, planned.current, changes),
  ];
}

/**
 * Finds out what to know about a plan before it is applied. Reads the metadata of each application that gets a new
 * version over an old one.
 */
export async function diagnose(session: VaultSession, environment: Environment, planned: Planned): Promise<Diagnosis> {
  const { plan } = planned;
  const replaced = await replacedVersions(session, environment, plan);
  const limits = undoLimits(plan, replaced);
  const stateOf: StateOf = (application, version) => {
    const metadata = replaced.get(application);
    return metadata && stateAt(metadata, version, new Date(session.clock.now().getTime() + CLOCK_PRECISION));
  };
  const changes = new Set(changesOf(plan).map(refId));
  return {
    limits,
    warnings: [
      ...stateWarnings({ ...environment, vault: located(session, environment.vault) }, planned, changes, stateOf),
      ...(changes.size > 0 ? changedWith(environment) : heldByOthers(environment, planned.current)),
      ...emptiedClients(planned),
      ...coveredVersions(planned),
      ...limits.map(undoWarning),
    ],
  };
}

/** An application has one KV secret, directly under the prefix. */
export function foldersUnchecked(
  { vault }: Pick<Environment, "vault">,
  folders: readonly string[],
): Diagnostic<"folders-unchecked"> {
  return diagnostic("folders-unchecked", { prefix: vaultPrefix(vault), folders });
}

/** Client lists that become empty: a source without them may only have omitted them by mistake. */
function emptiedClients({ plan }: Planned): AnyDiagnostic[] {
  return changesOf(plan).flatMap(({ application, key, cause }) =>
    cause.kind === "clients-changed" && cause.isEmptied
      ? [diagnostic("clients-emptied", {}, { subject: { application, key } })]
      : [],
  );
}

/** With one such key, Kubernetes refuses the whole Secret. */
function unusableKeys(environment: Environment): AnyDiagnostic[] {
  return requiredSecrets(environment)
    .filter(({ key }) => !isKubernetesKey(key))
    .map(({ application, key }) => diagnostic("key-refused-by-kubernetes", {}, { subject: { application, key } }));
}

/** Hashes and times that remain as they are, because nothing requires what they derive from. */
function keptWithoutSource(
  environment: Environment,
  current: CurrentState,
  changes: ReadonlySet<string>,
): AnyDiagnostic[] {
  return requiredSecrets(environment).flatMap((secret) => {
    const { application, key, kind } = secret;
    const [source] = kind === "generate" ? sourcesOf(secret) : [];
    const isHeld = valuesOf(current, application).get(key) instanceof SecretValue && !changes.has(refId(secret));
    if (source === undefined || !isHeld || environment.applications.get(application)?.secrets.has(source.key))
      return [];
    const why = whyAbsent(environment, source) === "condition-false" ? "source-condition-false" : "source-undeclared";
    return [diagnostic("hash-kept-without-source", { kind: why, source }, { subject: { application, key } })];
  });
}

/** Generated keys that somebody else removed: a sync would give them new values. */
function goneKeys(environment: Environment, plan: Plan, stateOf: StateOf | undefined): AnyDiagnostic[] {
  return changesOf(plan).flatMap(({ application, key, cause }) => {
    if (cause.kind !== "missing" || cause.heldIn === undefined) return [];
    const { heldIn: version, mayBeOlder } = cause;
    const about = { subject: { environment: environment.name, application, key } };
    const state = stateOf?.(application, version);
    const details = { version, ...(mayBeOlder && { mayBeOlder }), ...(state && { state }) };
    return [diagnostic("generated-key-gone", details, about)];
  });
}

function stateAt({ versions }: SecretVersions, version: number, now: Date): HeldState {
  const info = versions.get(version);
  if (info === undefined) return "pushed-out";
  return info.destroyed ? "destroyed" : isDeletedAt(info, now) ? "deleted" : "readable";
}

/** Soft-deleted versions that a new one is written over, unless a restore was asked to do that. */
function coveredVersions({ plan: { environment, applications, blocked }, current }: Planned): AnyDiagnostic[] {
  const stopped = new Set(blocked.map(({ application }) => application));
  return applications.flatMap(({ application, base, changes }) => {
    const isMeant = stopped.has(application) || changes.every(({ cause }) => cause.kind === "restored");
    if (base.kind !== "deleted" || isMeant) return [];
    const state = current.get(application);
    const takenBack = state?.kind === "deleted" ? takenBackLatest(state) : undefined;
    const details = { version: base.version, ...(takenBack && { takenBack }) };
    return [diagnostic("deleted-version-covered", details, { subject: { environment, application } })];
  });
}
