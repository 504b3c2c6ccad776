import type { Deletion } from "../model/target.js";
import { type Environment, PULL_SECRET, type DeclaredKind } from "../model/environment.js";
import type { UnknownClass, UnknownSecret } from "../model/plan.js";
import { compareRefs, type SecretRef } from "../model/secret.js";
import type { PlanInput } from "./resolve.js";

type Asked = Pick<PlanInput, "environment" | "current" | "staticSecrets" | "exclude" | "declares">;

interface UnknownInput extends Asked {
  /** What disabled applications declare, for those that Vault holds something of. */
  readonly declared: ReadonlyMap<string, ReadonlyMap<string, DeclaredKind>>;
}

/** The keys in Vault that neither this environment nor another one sharing its prefix requires. */
export function findUnknown(asked: Asked): UnknownSecret[] {
  const { environment, current, exclude, declares } = asked;
  const strangers = [...current.keys()].filter((application) => !environment.applications.has(application));
  const declared = new Map(strangers.map((application) => [application, declares(application)]));
  const input = { ...asked, declared };
  const unknown: UnknownSecret[] = [];
  for (const [application, state] of current) {
    if (state.kind !== "present" || exclude.has(application)) continue;
    if (application === PULL_SECRET && !isPullSecretUnknown(input)) continue;
    for (const key of state.values.keys()) {
      if (isRequired(environment, application, key)) continue;
      const ref = { application, key };
      unknown.push({ ...ref, class: classify(input, application, key), unsourced: isUnsourced(ref, input) });
    }
  }
  return unknown.sort(compareRefs);
}

/** Only a static source can tell that there is none; and a pull secret may belong to a sibling. */
export function isPullSecretUnknown({
  environment,
  staticSecrets,
}: Pick<UnknownInput, "environment" | "staticSecrets">): boolean {
  return staticSecrets !== undefined && staticSecrets.registries.size === 0 && environment.siblings().length === 0;
}

function isRequired(environment: Environment, application: string, key: string): boolean {
  return (
    (environment.applications.get(application)?.secrets.has(key) ?? false) ||
    environment.siblings().some((sibling) => sibling.required.get(application)?.has(key) ?? false)
  );
}

function classify({ environment, declared }: UnknownInput, application: string, key: string): UnknownClass {
  const enabled = environment.applications.get(application);
  if (enabled === undefined) {
    const known = environment.disabled.has(application) || (declared.get(application)?.size ?? 0) > 0;
    return known ? "disabled" : "undeclared";
  }
  return enabled.notRequired.has(key) ? "condition" : "undeclared";
}

/** A declared secret that is not static can be regenerated; a static one may be in the static source. */
function isUnsourced({ application, key }: SecretRef, { environment, declared, staticSecrets }: UnknownInput): boolean {
  if (application === PULL_SECRET) return true;
  const kind = environment.applications.get(application)?.notRequired.get(key) ?? declared.get(application)?.get(key);
  if (kind !== undefined && kind !== "static") return false;
  return staticSecrets?.applications.get(application)?.has(key) !== true;
}

/** Whether a deleting sync would delete this key if it did not spare keys without another source. */
export function isSpared(unknown: UnknownSecret, deletion: Deletion): boolean {
  return !isChosen(unknown, deletion) && isChosen(unknown, { ...deletion, includeUnsourced: true });
}

/** Whether a deleting sync was asked to delete this key, be it spared or not. */
export function isAsked(unknown: UnknownSecret, { classes, keep }: Deletion): boolean {
  return classes.has(unknown.class) && !keep(unknown);
}

/** Whether a deleting sync would delete this key. */
export function isChosen(unknown: UnknownSecret, deletion: Deletion): boolean {
  if (!isAsked(unknown, deletion)) return false;
  if (deletion.doubts(unknown.application).length > 0) return false;
  return deletion.includeUnsourced || !unknown.unsourced;
}
