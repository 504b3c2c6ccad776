import { type Environment, whyAbsent } from "../model/environment.js";
import { nearest } from "../model/nearest.js";
import type { UnresolvedReason } from "../model/plan.js";
import type { SecretRef } from "../model/secret.js";

/** Why nothing can derive from a secret that an environment does not require, and which secret may have been meant. */
export function absentSource(environment: Environment, source: SecretRef): UnresolvedReason {
  const absence = whyAbsent(environment, source);
  const meant = absence === "condition-false" ? undefined : meantSource(environment, source);
  return { kind: `source-${absence}`, source, ...(meant && { meant }) };
}

function meantSource({ applications, disabled }: Environment, { application, key }: SecretRef): SecretRef | undefined {
  if (disabled.has(application)) return undefined;
  const known = applications.has(application) ? application : nearest(application, applications.keys());
  const found = known === undefined ? undefined : applications.get(known);
  if (known === undefined || found === undefined) return undefined;
  const keys = new Set([...found.secrets.keys(), ...found.notRequired.keys()]);
  const meant = keys.has(key) ? key : nearest(key, keys);
  return meant === undefined ? undefined : { application: known, key: meant };
}
