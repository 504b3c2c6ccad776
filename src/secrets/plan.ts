import type { Deletion } from "../model/target.js";
import { compareCodePoints } from "../model/code-points.js";
import { type ApplicationState, valuesOf } from "../model/current-state.js";
import { PULL_SECRET } from "../model/environment.js";
import { groupBy } from "../model/group.js";
import type { ApplicationPlan, Cause, Change, Plan, PlanBase, UnknownSecret, UnresolvedSecret } from "../model/plan.js";
import { sameStoredValue, SecretValue, type StoredValue } from "../model/secret-value.js";
import { compareRefs, refId, type Secret, type SecretRef, sourcesOf, type TemplateSecret } from "../model/secret.js";
import { findBlocked } from "./blocked.js";
import { heldIn } from "./held-in.js";
import { planPullSecret, PULL_SECRET_ID } from "./pull-secret.js";
import type { PlanInput, ResolvedSecret } from "./resolve.js";
import { findUnknown, isChosen, isPullSecretUnknown } from "./unknown.js";

/**
 * The difference between the desired and the current state, sorted, and without any value. Pure, except that `declares`
 * and `siblings` may read more of the configuration.
 */
export function plan(input: PlanInput): Plan {
  const { environment, deletion, only } = input;
  const isNamed = (application: string): boolean =>
    only === undefined || (only.applications?.has(application) ?? false);
  const unknown = findUnknown(input).filter((ref) => isNamed(ref.application) || only?.leftovers?.has(refId(ref)));
  const isIncluded = (id: string): boolean => only?.keys.has(id) ?? true;
  const included = [...input.resolved].flatMap(([id, resolved]) => (isIncluded(id) ? [resolved] : []));
  const changes = [
    ...included.flatMap((resolved) => changeOf(resolved, input) ?? []),
    ...(isIncluded(PULL_SECRET_ID) ? planPullSecret(input) : []),
    ...(deletion ? unknown.filter((secret) => isChosen(secret, deletion)).map(deletionOf) : []),
  ];
  const applications = [
    ...[...groupBy(changes, ({ application }) => application)].map((group) => applicationPlan(...group, input)),
    ...(deletion ? emptyLeftovers(input, deletion).filter(({ application }) => isNamed(application)) : []),
  ];
  return {
    environment: environment.name,
    applications: applications.sort((a, b) => compareCodePoints(a.application, b.application)),
    unknown,
    unresolved: included
      .flatMap(unresolvedOf)
      .filter((secret) => !isStillMissing(secret, input))
      .sort(compareRefs),
    blocked: findBlocked(input, applications),
    ...(input.partial && { partial: true }),
  };
}

function deletionOf({ application, key, class: unknownClass }: UnknownSecret): Change {
  return { application, key, action: "delete", cause: { kind: "unknown", class: unknownClass } };
}

function unresolvedOf({ secret: { application, key }, resolution }: ResolvedSecret): UnresolvedSecret[] {
  return resolution.kind === "unresolved" ? [{ application, key, reason: resolution.reason }] : [];
}

/**
 * Whether a secret merely follows from a named one, and is as stale as before: Vault does not hold it yet, and lacks
 * another of its sources too.
 */
function isStillMissing(secret: UnresolvedSecret, { only, current }: PlanInput): boolean {
  if (only === undefined || only.named.has(refId(secret)) || secret.reason.kind !== "source-not-chosen") return false;
  return valuesOf(current, secret.application).get(secret.key) === undefined;
}

function changeOf({ secret, resolution }: ResolvedSecret, input: PlanInput): Change | undefined {
  if (resolution.kind === "unresolved") return undefined;
  const { application, key } = secret;
  const stored = valuesOf(input.current, application).get(key);
  if (resolution.kind === "known" && sameStoredValue(stored, resolution.value)) return undefined;
  const action = stored === undefined ? "create" : "update";
  return { application, key, action, cause: causeOf(secret, stored, input) };
}

function causeOf(secret: Secret, stored: StoredValue | undefined, input: PlanInput): Cause {
  if (stored === undefined) return missing(secret, input);
  if (!(stored instanceof SecretValue)) return { kind: "not-a-string" };
  if (stored.isEmpty) return { kind: "empty" };
  switch (secret.kind) {
    case "static":
      return { kind: "static-value-changed" };
    case "fixed":
      return { kind: "fixed-value-changed" };
    case "template": {
      if (sourcesOf(secret).length === 0) return { kind: "fixed-value-changed" };
      const source = changingSource(secret, input);
      return source ? { kind: "source-changes", source } : { kind: "template-differs" };
    }
    case "copy":
      return copyCause(stored, secret.from, input);
    case "generate":
      if (secret.rule.type === "oidc-clients")
        return { kind: "clients-changed", ...(isEmptyList(input.resolved.get(refId(secret))) && { isEmptied: true }) };
      if (!("source" in secret.rule) || input.regenerate(secret, input.current))
        return { kind: "regeneration-requested" };
      return { kind: "source-changes", source: { application: secret.application, key: secret.rule.source } };
  }
}

function missing(secret: Secret, { current }: PlanInput): Cause {
  return { kind: "missing", ...(secret.kind === "generate" && heldIn(current, secret)) };
}

/** An empty list in JSON. */
function isEmptyList(resolved: ResolvedSecret | undefined): boolean {
  const resolution = resolved?.resolution;
  return resolution?.kind === "known" && resolution.value.bytes === "[]".length;
}

function copyCause(stored: SecretValue, source: SecretRef, { current }: PlanInput): Cause {
  const held = valuesOf(current, source.application).get(source.key);
  if (held === undefined) return { kind: "copy-differs", source, isSourceMissing: true };
  return { kind: sameStoredValue(stored, held) ? "source-changes" : "copy-differs", source };
}

/** The first part of a template that itself changes. */
function changingSource(template: TemplateSecret, input: PlanInput): SecretRef | undefined {
  return sourcesOf(template).find((source) => {
    const resolved = input.resolved.get(refId(source));
    return resolved !== undefined && changeOf(resolved, input) !== undefined;
  });
}

function applicationPlan(
  application: string,
  changes: readonly Change[],
  { current, deletion }: PlanInput,
): ApplicationPlan {
  const state = current.get(application);
  const sorted = [...changes].sort(compareRefs);
  return { application, action: actionOf(sorted, state, deletion), base: baseOf(state), changes: sorted };
}

function actionOf(
  changes: readonly Change[],
  state: ApplicationState | undefined,
  deletion: Deletion | undefined,
): ApplicationPlan["action"] {
  if (state?.kind !== "present") return "create";
  const deleted = changes.filter(({ action }) => action === "delete").length;
  if (deleted < changes.length || deleted < state.values.size) return "update";
  return deletion?.purge ? "purge" : "delete";
}

function baseOf(state: ApplicationState | undefined): PlanBase {
  if (state === undefined) return { kind: "absent" };
  return { kind: state.kind, version: state.version, createdTime: state.createdTime };
}

/** KV secrets without a key, of applications that require nothing: not reported, but `--delete` removes them. */
function emptyLeftovers(input: PlanInput, deletion: Deletion): ApplicationPlan[] {
  const required = new Set([...input.resolved.values()].map(({ secret }) => secret.application));
  return [...input.current].flatMap(([application, state]): ApplicationPlan[] =>
    state.kind === "present" &&
    state.values.size === 0 &&
    (application !== PULL_SECRET || isPullSecretUnknown(input)) &&
    !deletion.keep({ application, key: "" }) &&
    !required.has(application) &&
    !input.exclude.has(application) &&
    !input.environment.siblings().some((sibling) => sibling.required.has(application))
      ? [{ application, action: deletion.purge ? "purge" : "delete", base: baseOf(state), changes: [] }]
      : [],
  );
}
