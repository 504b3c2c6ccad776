import type { CurrentState } from "../model/current-state.js";
import { type Environment, PULL_SECRET } from "../model/environment.js";
import type { UnknownClass, UnknownSecret } from "../model/plan.js";
import { compareRefs } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";

interface UnknownInput {
  readonly environment: Environment;
  readonly current: CurrentState;
  readonly staticSecrets: StaticSecrets | undefined;
  readonly exclude: ReadonlySet<string>;
}

/** The keys in Vault that neither this environment nor one that shares its prefix requires. */
export function findUnknown(input: UnknownInput): UnknownSecret[] {
  const { environment, current, exclude } = input;
  const unknown: UnknownSecret[] = [];
  for (const [application, state] of current) {
    if (state.kind !== "present" || exclude.has(application)) continue;
    if (application === PULL_SECRET && !isPullSecretUnknown(input)) continue;
    for (const key of state.values.keys()) {
      if (isRequired(environment, application, key)) continue;
      unknown.push({ application, key, class: classify(environment, application, key) });
    }
  }
  return unknown.sort(compareRefs);
}

/** Only a static source can say that there is none; and a pull secret may belong to a sibling. */
function isPullSecretUnknown({ environment, staticSecrets }: UnknownInput): boolean {
  return staticSecrets !== undefined && staticSecrets.registries.size === 0 && environment.siblings.length === 0;
}

function isRequired(environment: Environment, application: string, key: string): boolean {
  return (
    (environment.applications.get(application)?.secrets.has(key) ?? false) ||
    environment.siblings.some((sibling) => sibling.required.get(application)?.has(key) ?? false)
  );
}

function classify({ applications, disabled }: Environment, application: string, key: string): UnknownClass {
  const enabled = applications.get(application);
  if (enabled === undefined) return disabled.has(application) ? "disabled" : "undeclared";
  return enabled.notRequired.has(key) ? "condition" : "undeclared";
}
