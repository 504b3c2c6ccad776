import type { TakenBack, UnresolvedReason } from "../model/plan.js";
import type { CurrentState } from "../model/current-state.js";
import { valuesOf } from "../model/current-state.js";
import { type Environment, requiredSecrets } from "../model/environment.js";
import { MAX_KUBERNETES_BYTES } from "../model/kubernetes-secret.js";
import { ForeignValue, sameStoredValue, SecretValue, type StoredValue } from "../model/secret-value.js";
import {
  type GeneratedSecret,
  type MadeOnceRule,
  refId,
  type Secret,
  type SecretRef,
  sourcesOf,
  type StaticSecret,
  type TemplateSecret,
} from "../model/secret.js";
import type { Target } from "../model/target.js";
import { takenBackLatest } from "./taken-back.js";
import { applyFilters, leastFilteredBytes } from "./template-filters.js";
import { absentSource } from "./absent-source.js";
import { heldIn } from "./held-in.js";
import { generatorOf, oidcClientsJson } from "./generators.js";
import { orderByDependency } from "./order.js";

/** A target, what Vault holds, and what this run has already generated. */
export interface ResolveInput extends Pick<Target, "environment" | "staticSecrets" | "exclude" | "regenerate"> {
  readonly only?: Target["only"];
  /** The excluded applications that only a partial plan leaves out. */
  readonly blocked?: ReadonlySet<string>;
  readonly current: CurrentState;
  /** Values generated earlier in this run, by reference id; a recomputed plan keeps them. */
  readonly fresh: ReadonlyMap<string, FreshValue>;
}

/** A value generated in this run. */
export interface FreshValue {
  readonly value: SecretValue;
  /** The source it was made from, for generators that have one. */
  readonly source: SecretValue | undefined;
}

/** What a secret's value should be. */
export type Resolution =
  | { readonly kind: "known"; readonly value: SecretValue }
  /** The value will be generated, with at least this many bytes; copies name the secret it is generated for. */
  | { readonly kind: "pending"; readonly root: PendingSecret; readonly bytes: number }
  | { readonly kind: "unresolved"; readonly reason: UnresolvedReason };

/** A secret that gets a new value. */
export interface PendingSecret extends SecretRef {
  readonly rule: MadeOnceRule;
}

export interface ResolvedSecret {
  readonly secret: Secret;
  readonly resolution: Resolution;
}

/** By reference id; excluded applications are left out. */
export type Resolved = ReadonlyMap<string, ResolvedSecret>;

/** A target, what Vault holds, and the desired value of every key. */
export interface PlanInput extends Omit<Target, "assumeEmpty"> {
  readonly current: CurrentState;
  readonly resolved: Resolved;
}

/**
 * Decides what the value of every required secret should be, sources first. Pure: nothing is generated here, so an
 * audit computes no hash and no key.
 */
export function resolve(input: ResolveInput): Resolved {
  const { environment, exclude, only } = input;
  const required = requiredSecrets(environment);
  const all = new Map<string, ResolvedSecret>();
  const isLeft = (secret: Secret): boolean =>
    exclude.has(secret.application) || (only !== undefined && !only.keys.has(refId(secret)));
  for (const secret of required.filter(isLeft))
    all.set(refId(secret), { secret, resolution: asVaultHolds(secret, input) });
  const secrets = required.filter((secret) => !isLeft(secret));
  const { order, cycles, behindCycles } = orderByDependency(secrets);
  const room: TemplateRoom = new Map();
  for (const secret of order) all.set(refId(secret), { secret, resolution: resolveSecret(secret, input, all, room) });
  for (const secret of secrets) {
    const members = cycles.get(refId(secret));
    if (members) all.set(refId(secret), { secret, resolution: unresolved({ kind: "cycle", members }) });
  }
  for (const secret of behindCycles)
    all.set(refId(secret), { secret, resolution: resolveSecret(secret, input, all, room) });
  return new Map([...all].filter(([, { secret }]) => !exclude.has(secret.application)));
}

function known(value: SecretValue): Resolution {
  return { kind: "known", value };
}

function unresolved(reason: UnresolvedReason): Resolution {
  return { kind: "unresolved", reason };
}

function currentValue(ref: SecretRef, current: CurrentState): StoredValue | undefined {
  return valuesOf(current, ref.application).get(ref.key);
}

function usable(value: StoredValue | undefined): value is SecretValue {
  return value instanceof SecretValue && !value.isEmpty;
}

/**
 * Why a sync without a source for it neither uses nor replaces a value that is not a string: it may be a live credential
 * that someone wrote without quotes. For what is generated, an empty list or object counts as no value.
 *
 * @param version The latest version of its application.
 */
export function foreignReason(
  secret: Secret,
  stored: StoredValue | undefined,
  version = 0,
): UnresolvedReason | undefined {
  if (!(stored instanceof ForeignValue) || (secret.kind !== "static" && stored.isEmpty)) return undefined;
  const earlier = version > 1 && { hasHistory: true as const };
  if (secret.kind === "static") return { kind: "not-a-string", ...earlier };
  return secret.kind === "generate" ? { kind: "not-a-string", rule: secret.rule.type, ...earlier } : undefined;
}

/** A secret that is not written keeps the value in Vault, whatever its desired value. */
function asVaultHolds(secret: Secret, { current, exclude, blocked }: ResolveInput): Resolution {
  const value = currentValue(secret, current);
  if (usable(value)) return known(value);
  const { application, key } = secret;
  return unresolved({
    kind: blocked?.has(application)
      ? "source-blocked"
      : exclude.has(application)
        ? "source-excluded"
        : "source-not-chosen",
    source: { application, key },
    ...deletedVersion(application, current),
    ...(secret.kind === "generate" && heldIn(current, secret)),
  });
}

/** The latest version of an application, if it is soft-deleted. */
function deletedVersion(
  application: string,
  current: CurrentState,
): { readonly deletedVersion?: number; readonly takenBack?: TakenBack } {
  const state = current.get(application);
  if (state?.kind !== "deleted") return {};
  const takenBack = takenBackLatest(state);
  return { deletedVersion: state.version, ...(takenBack && { takenBack }) };
}

/**
 * Nested templates may double their length at every level, so this is an error where it is elsewhere only a warning.
 */
const MAX_TEMPLATE_BYTES = MAX_KUBERNETES_BYTES;

/** By application: the bytes left for its templates. */
type TemplateRoom = Map<string, number>;

function resolveSecret(secret: Secret, input: ResolveInput, resolved: Resolved, room: TemplateRoom): Resolution {
  switch (secret.kind) {
    case "fixed":
      return known(secret.value);
    case "copy":
      return resolveSource(secret.from, input, resolved);
    case "generate":
      return resolveGenerated(secret, input, resolved);
    case "template":
      return resolveTemplate(secret, input, resolved, room);
    case "static":
      return resolveStatic(secret, input);
  }
}

/** Known once all of its parts are; always recomputed, so that it follows them. */
function resolveTemplate(
  { application, parts }: TemplateSecret,
  input: ResolveInput,
  resolved: Resolved,
  room: TemplateRoom,
): Resolution {
  const limit = room.get(application) ?? MAX_TEMPLATE_BYTES;
  let text = "";
  /** Break the line around every secret, so that the remaining lines are those written in Git. */
  let written = "";
  let bytes = 0;
  let root: PendingSecret | undefined;
  for (const part of parts) {
    const source = typeof part === "string" ? part : resolveSource(part.source, input, resolved);
    if (typeof source !== "string" && source.kind === "unresolved") return source;
    const filters = typeof part === "string" ? [] : part.filters;
    if (typeof source !== "string" && source.kind === "pending") {
      root ??= source.root;
      bytes += leastFilteredBytes(source.bytes, filters);
    } else {
      const value = applyFilters(typeof source === "string" ? source : source.value.reveal(), filters);
      text += value;
      written += typeof source === "string" || source.value.isWritten ? value : "\n";
      bytes += Buffer.byteLength(value);
    }
    if (bytes > limit) return unresolved({ kind: "template-too-long" });
  }
  room.set(application, limit - bytes);
  if (root !== undefined) return { kind: "pending", root, bytes };
  const constant = new SecretValue(written, "written");
  return known(text === written ? constant : new SecretValue(text));
}

function resolveStatic(secret: StaticSecret, { staticSecrets, current }: ResolveInput): Resolution {
  const provided = staticSecrets?.applications.get(secret.application)?.get(secret.key);
  if (usable(provided)) return known(provided);
  const stored = currentValue(secret, current);
  if (usable(stored)) return known(stored);
  const state = current.get(secret.application);
  const foreign = foreignReason(secret, stored, state?.version);
  if (foreign) return unresolved(foreign);
  const earlier = {
    ...deletedVersion(secret.application, current),
    ...(state?.kind === "present" && state.version > 1 && !staticSecrets && { hasHistory: true as const }),
  };
  const file = staticSecrets?.files?.at(-1);
  const origin = { origin: staticSecrets?.origin ?? "vault", ...(file === undefined ? {} : { file }) } as const;
  return unresolved({ kind: "no-static-value", ...origin, ...earlier });
}

function resolveGenerated(secret: GeneratedSecret, input: ResolveInput, resolved: Resolved): Resolution {
  const { rule } = secret;
  if (rule.type === "oidc-clients") return resolveClients(secret, input);
  const { current, regenerate } = input;
  const [ref] = sourcesOf(secret);
  const source = ref && resolveSource(ref, input, resolved);
  const stored = currentValue(secret, current);
  const isAnew = regenerate(secret, current);
  const foreign = isAnew ? undefined : foreignReason(secret, stored, current.get(secret.application)?.version);
  if (foreign) return unresolved(foreign);
  if (source?.kind === "unresolved") return isKept(source.reason, stored) && !isAnew ? known(stored) : source;
  const value = source?.kind === "known" ? source.value : undefined;
  const sourceStays = ref === undefined || (value !== undefined && sameStoredValue(value, currentValue(ref, current)));
  if (usable(stored) && sourceStays && !isAnew) return known(stored);
  // Report this before a plan is applied, not during, even if the source is still to be generated.
  if (source && bytesOf(source) > (generatorOf(rule).longestSource ?? Infinity)) {
    return unresolved({ kind: "source-too-long", source: ref });
  }
  return generateOnce(secret, rule, value, input);
}

/**
 * Whether a value stays because nothing requires its source: without it, there is no way to tell that the value is
 * stale.
 */
function isKept(reason: UnresolvedReason, stored: StoredValue | undefined): stored is SecretValue {
  return (reason.kind === "source-condition-false" || reason.kind === "source-undeclared") && usable(stored);
}

function resolveClients(secret: GeneratedSecret, { staticSecrets, current }: ResolveInput): Resolution {
  const stored = currentValue(secret, current);
  const { version } = current.get(secret.application) ?? {};
  const foreign = staticSecrets ? undefined : foreignReason(secret, stored, version);
  if (foreign) return unresolved(foreign);
  return known(staticSecrets || !usable(stored) ? oidcClientsJson(staticSecrets?.oidcClients ?? new Map()) : stored);
}

/** In UTF-8; a minimum for a value that is still to be generated. */
export function bytesOf(resolution: Exclude<Resolution, { kind: "unresolved" }>): number {
  return resolution.kind === "known" ? resolution.value.bytes : resolution.bytes;
}

/** Reuses a value generated earlier in this run, unless its source has changed in the meantime. */
function generateOnce(
  { application, key }: SecretRef,
  rule: MadeOnceRule,
  source: SecretValue | undefined,
  { fresh }: ResolveInput,
): Resolution {
  const root = { application, key, rule };
  const made = fresh.get(refId(root));
  return made !== undefined && sameStoredValue(made.source, source)
    ? known(made.value)
    : { kind: "pending", root, bytes: generatorOf(rule).leastBytes(rule) };
}

/** Reasons of a secret that is not written, which whatever comes from it shares. */
const IS_LEFT: ReadonlySet<UnresolvedReason["kind"]> = new Set([
  "source-excluded",
  "source-not-chosen",
  "source-blocked",
]);

/** The value of another secret, or why there is none. */
function resolveSource(source: SecretRef, input: ResolveInput, resolved: Resolved): Resolution {
  const found = resolved.get(refId(source))?.resolution;
  if (found === undefined) return unresolved(absentSource(input.environment, source));
  if (found.kind !== "unresolved") return found;
  return unresolved(IS_LEFT.has(found.reason.kind) ? found.reason : { kind: "source-unresolved", source });
}

/** The excluded applications whose values in Vault a copy needs. */
export function excludedSources(environment: Environment, exclude: ReadonlySet<string>): ReadonlySet<string> {
  const own = requiredSecrets(environment).filter(({ application }) => !exclude.has(application));
  const sources = own.flatMap(sourcesOf).map(({ application }) => application);
  return new Set(sources.filter((application) => exclude.has(application)));
}
