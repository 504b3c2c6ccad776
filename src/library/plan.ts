import type { AnyDiagnostic } from "../model/diagnostic.js";
import { massDeletion } from "../secrets/mass-change.js";
import { massWarnings } from "../operations/consent.js";
import { diagnose } from "../operations/diagnose.js";
import type { Target } from "../model/target.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Environment, PULL_SECRET } from "../model/environment.js";
import type { Impact } from "../model/impact.js";
import { type Plan, type UnknownClass, UNKNOWN_CLASSES } from "../model/plan.js";
import { refId, type SecretRef } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { computePlan } from "../operations/compute-plan.js";
import { impactOf } from "../secrets/impact.js";
import { scopeFrom } from "../secrets/scope.js";
import type { LoadedEnvironment } from "./environment.js";
import type { Vault } from "./vault.js";

export interface PlanOptions {
  /** Without them, static secrets live in Vault alone and keep their values. */
  readonly staticSecrets?: StaticSecrets;
  /** Applications (or `pull-secret`) to leave alone. Copies from them use what Vault holds. */
  readonly exclude?: Iterable<string>;
  /** Also delete what the environment does not require: all of it, or the given classes of what has another source. */
  readonly delete?: boolean | readonly UnknownClass[];
  /** Give these generated secrets new values, and with them what follows them; the plan is limited to those. */
  readonly rotate?: readonly SecretRef[];
}

/** A plan, and what it was made for, so that exactly it can be applied. It holds no generated value. */
export interface PlannedSync {
  /** What would change, and why. It holds no value and may be printed. */
  readonly plan: Plan;
  /** What that breaks, and what has to be restarted. */
  readonly impact: Impact;
  /** What should be known before it is applied. */
  readonly warnings: readonly AnyDiagnostic[];
  readonly target: Target;
}

/**
 * Reads Vault and computes what would have to change so that it holds what the environment requires. Nothing is
 * generated and nothing is written.
 *
 * @throws ServerError if it is not proven what Vault holds.
 */
export async function plan(vault: Vault, loaded: LoadedEnvironment, options: PlanOptions = {}): Promise<PlannedSync> {
  const target = targetOf(loaded, options);
  const computed = await computePlan(vault.session, target);
  const { warnings: found } = await diagnose(vault.session, loaded.environment, computed);
  const warnings = [...found, ...massWarnings(computed.plan, computed.current, massDeletion)];
  return {
    plan: computed.plan,
    impact: impactOf(computed.plan, loaded.environment, target.staticSecrets),
    warnings,
    target,
  };
}

function targetOf(loaded: LoadedEnvironment, { staticSecrets, exclude, delete: deleted, rotate }: PlanOptions): Target {
  const { environment, declares, unreadableSiblings, mayRequireMore } = loaded;
  const excluded = new Set(exclude);
  for (const name of excluded) requireKnown(environment, name);
  const classes = deleted === true ? UNKNOWN_CLASSES : deleted || [];
  const environments = classes.length > 0 ? unreadableSiblings() : [];
  if (environments.length > 0) throw new PhalanxError(diagnostic("deletion-siblings-unreadable", { environments }));
  const keep = ({ application }: SecretRef): boolean => mayRequireMore(application);
  const rotated = new Set(rotate?.map((ref) => requireGenerated(loaded, ref)));
  return {
    environment,
    staticSecrets,
    declares,
    exclude: excluded,
    assumeEmpty: false,
    deletion:
      classes.length === 0
        ? undefined
        : { classes: new Set(classes), includeUnsourced: deleted === true, purge: false, keep },
    only: rotate && scopeFrom(environment, rotate),
    regenerate: (ref) => rotated.has(refId(ref)),
    generateAnew: () => false,
  };
}

/** A typo must not protect nothing. */
function requireKnown({ name, applications, disabled }: Environment, application: string): void {
  if (applications.has(application) || disabled.has(application) || application === PULL_SECRET) return;
  const subject = { environment: name, application };
  throw new PhalanxError(diagnostic("excluded-application-unknown", {}, { subject }));
}

/** Nor rotate nothing. */
function requireGenerated({ environment }: LoadedEnvironment, ref: SecretRef): string {
  const kind = environment.applications.get(ref.application)?.secrets.get(ref.key)?.kind;
  if (kind === "generate") return refId(ref);
  const subject = { environment: environment.name, application: ref.application, key: ref.key };
  throw new PhalanxError(diagnostic("secret-not-rotatable", { kind }, { subject }));
}
