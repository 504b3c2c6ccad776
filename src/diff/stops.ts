import type { UnresolvedReason } from "../model/plan.js";
import type { StoppingSecret } from "../model/configuration-diff.js";
import { type Environment, requiredSecrets } from "../model/environment.js";
import { compareRefs, refId, type Secret, type SecretRef, sourcesOf } from "../model/secret.js";
import { absentSource } from "../secrets/absent-source.js";
import { orderByDependency } from "../secrets/order.js";

/**
 * The secrets that no sync can resolve. Secrets that only derive from one are not repeated, nor is a hash or a time
 * generated `before`: without its source it keeps the value in Vault.
 */
export function findStops(environment: Environment | undefined, before: Environment | undefined): StoppingSecret[] {
  if (environment === undefined) return [];
  const secrets = requiredSecrets(environment);
  const { cycles } = orderByDependency(secrets);
  const stops = secrets.flatMap((secret): StoppingSecret[] => {
    const members = cycles.get(refId(secret));
    const held = before?.applications.get(secret.application)?.secrets.get(secret.key);
    const isKept = secret.kind === "generate" && held?.kind === "generate";
    const lost = isKept ? undefined : lostSource(environment, secret);
    const reason: UnresolvedReason | undefined = members ? { kind: "cycle", members } : lost;
    return reason ? [{ application: secret.application, key: secret.key, reason }] : [];
  });
  return stops.sort(compareRefs);
}

function lostSource(environment: Environment, secret: Secret): UnresolvedReason | undefined {
  const lost = sourcesOf(secret).find(
    ({ application, key }) => !environment.applications.get(application)?.secrets.has(key),
  );
  if (lost === undefined) return undefined;
  const source: SecretRef = { application: lost.application, key: lost.key };
  return absentSource(environment, source);
}
