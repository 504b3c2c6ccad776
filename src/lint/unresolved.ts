import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import { MAX_KUBERNETES_BYTES } from "../model/kubernetes-secret.js";
import { refId, type SecretRef } from "../model/secret.js";
import type { UnresolvedReason, WrittenReason } from "../model/plan.js";
import { bytesOf, type Resolved, type ResolvedSecret } from "../secrets/resolve.js";
import { resolveDeclared } from "../secrets/resolve-declared.js";
import type { Report } from "./findings.js";
import { type LintEnvironment, placeOf } from "./model.js";
import { RULE_OF_REASON } from "./rules.js";

/** What a sync could not resolve even if every static value were provided; only the causes, not their consequences. */
export function findUnresolved(environment: LintEnvironment, report: Report): void {
  const { name, deployed } = environment;
  const resolved = resolveAll(environment);
  for (const [application, bytes] of tooLarge(resolved.values())) {
    const place = { file: `applications/${application}/secrets.yaml` };
    report(diagnostic("secret-beyond-kubernetes", { bytes }, { subject: { application }, place }), [name]);
  }
  for (const { secret, resolution } of resolved.values()) {
    if (resolution.kind !== "unresolved") continue;
    const { reason } = resolution;
    if (!isWritten(reason) || isFurtherMember(secret, reason)) continue;
    const own = deployed.get(secret.application);
    const entry = own?.entries.get(secret.key);
    if (own?.unsure || entry === undefined || isUncertain(reason, environment)) continue;
    const field = { copy: ["copy"], generate: ["generate", "source"], template: ["generate", "template"] };
    const at = secret.kind === "static" || secret.kind === "fixed" ? [] : field[secret.kind];
    const about = { subject: { application: secret.application, key: secret.key }, place: placeOf(entry, at, "key") };
    report(diagnostic("secret-unresolvable", reason, about), [name], RULE_OF_REASON[reason.kind]);
  }
}

/** The applications whose fixed values alone, with everything derived from them, exceed the limit of Kubernetes. */
function tooLarge(all: Iterable<ResolvedSecret>): [application: string, bytes: number][] {
  const sizes = new Map<string, number>();
  for (const { secret, resolution } of all) {
    const bytes = secret.kind === "static" || resolution.kind === "unresolved" ? 0 : bytesOf(resolution);
    sizes.set(secret.application, (sizes.get(secret.application) ?? 0) + bytes);
  }
  return [...sizes].filter(([, bytes]) => bytes > MAX_KUBERNETES_BYTES);
}

function isWritten(reason: UnresolvedReason): reason is WrittenReason {
  return Object.hasOwn(RULE_OF_REASON, reason.kind);
}

/** A cycle is reported once, at its first member. */
function isFurtherMember(secret: SecretRef, reason: WrittenReason): boolean {
  return reason.kind === "cycle" && refId(reason.members[0] ?? secret) !== refId(secret);
}

function resolveAll({ settings, deployed }: LintEnvironment): Resolved {
  const { name, vault, onepassword, disabled } = settings;
  const applications = new Map([...deployed].map(([application, { resolved }]) => [application, resolved]));
  const environment: Environment = { name, vault, onepassword, disabled, applications, siblings: () => [] };
  return resolveDeclared(environment);
}

/** Whether a source exists but is broken, or its files are: that is reported there. */
function isUncertain(reason: WrittenReason, { deployed, name }: LintEnvironment): boolean {
  if (!("source" in reason)) return false;
  const { source } = reason;
  const there = deployed.get(source.application);
  if (there === undefined) return false;
  if (there.unsure) return true;
  if (there.resolved.secrets.has(source.key) || there.resolved.notRequired.has(source.key)) return false;
  const { secrets, secretsOf } = there.application;
  return [secrets, secretsOf.get(name)].some((file) => Object.hasOwn(file?.file.mapping?.value ?? {}, source.key));
}
