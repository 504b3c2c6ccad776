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
import { isMadeOnce, refId, type SecretRef } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { computePlan } from "../operations/compute-plan.js";
import { impactOf } from "../secrets/impact.js";
import { scopeFrom } from "../secrets/scope.js";
import type { LoadedEnvironment } from "./environment.js";
import type { Vault } from "./vault.js";

/** What {@link plan} includes. */
export interface PlanOptions {
  /** The static secrets. Without them, static secrets keep the values that Vault holds. */
  readonly staticSecrets?: StaticSecrets;
  /** Applications (or `pull-secret`) to leave unchanged. Secrets copied from them use the values in Vault. */
  readonly exclude?: Iterable<string>;
  /**
   * Delete keys that the environment does not require. `true` deletes all of them. A list deletes only keys of these
   * classes, and keeps those whose value may exist nowhere else.
   */
  readonly delete?: boolean | readonly UnknownClass[];
  /** Generated secrets to rotate. The plan then contains only these and the secrets derived from them. */
  readonly rotate?: readonly SecretRef[];
}

/** The result of {@link plan}. Pass it on to {@link apply}. */
export interface PlannedSync {
  /** The changes, and why each is needed. Contains no values, so it is safe to print. */
  readonly plan: Plan;
  /** What the changes break, and which applications to restart. */
  readonly impact: Impact;
  /** What to consider before applying it. */
  readonly warnings: readonly AnyDiagnostic[];
  /** What the plan was made for: the environment, the static secrets and the options. */
  readonly target: Target;
}

/**
 * Compares Vault with what an environment requires. A dry run: no value is generated, and nothing is written.
 *
 * @param vault The Vault to read.
 * @param loaded The environment, as returned by {@link loadEnvironment}.
 * @param options The static secrets, and what to exclude, delete or rotate.
 * @returns The plan. If Vault is up to date, `plan.applications` is empty.
 * @throws ServerError if Vault denies a request, cannot be reached, or sends an invalid response.
 * @throws PhalanxError if `exclude` names an unknown application, if `rotate` names a secret that is not generated, or if
 * `delete` is set and another environment, whose configuration is invalid or seems misnamed, may share the prefix.
 *
 * @example
 * ```ts
 * const loaded = loadEnvironment(".", "demo");
 * const { staticSecrets } = await readStaticSecrets("secrets-demo.yaml", loaded.environment);
 * const vault = await openVault(loaded.environment, { token: process.env.VAULT_TOKEN ?? "" });
 * const planned = await plan(vault, loaded, { staticSecrets });
 * vault.close();
 *
 * const [first] = planned.plan.applications;
 * console.log(first?.action, first?.application); // create broker
 * console.log(first?.changes[0]?.key, first?.changes[0]?.cause.kind); // admin-password missing
 * ```
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
        : {
            classes: new Set(classes),
            includeUnsourced: deleted === true,
            purge: false,
            keep: () => false,
            doubts: mayRequireMore,
          },
    only: rotate && scopeFrom(environment, rotate),
    regenerate: (ref) => rotated.has(refId(ref)),
    generateAnew: () => false,
  };
}

/** Excluding a misspelt name would protect nothing. */
function requireKnown({ name, applications, disabled }: Environment, application: string): void {
  if (applications.has(application) || disabled.has(application) || application === PULL_SECRET) return;
  const subject = { environment: name, application };
  throw new PhalanxError(diagnostic("excluded-application-unknown", {}, { subject }));
}

/** Rotating a misspelt name would rotate nothing. */
function requireGenerated({ environment }: LoadedEnvironment, ref: SecretRef): string {
  const secret = environment.applications.get(ref.application)?.secrets.get(ref.key);
  if (secret && isMadeOnce(secret)) return refId(ref);
  const subject = { environment: environment.name, application: ref.application, key: ref.key };
  if (secret?.kind === "generate")
    throw new PhalanxError(diagnostic("rotate-refused", { kind: "oidc-clients" }, { subject }));
  throw new PhalanxError(diagnostic("secret-not-rotatable", { kind: secret?.kind }, { subject }));
}
