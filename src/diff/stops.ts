import type { StoppingSecret } from "../model/configuration-diff.js";
import type { Environment } from "../model/environment.js";
import { compareRefs, refId, type Secret, type SecretRef, sourcesOf } from "../model/secret.js";
import type { UnresolvedReason } from "../model/unresolved.js";
import { orderByDependency } from "../secrets/order.js";

/** The secrets that no sync can resolve, whatever Vault holds. What only comes from such a secret is not repeated. */
export function findStops(environment: Environment | undefined): StoppingSecret[] {
  if (environment === undefined) return [];
  const secrets = [...environment.applications.values()].flatMap((each) => [...each.secrets.values()]);
  const { cycles } = orderByDependency(secrets);
  const stops = secrets.flatMap((secret): StoppingSecret[] => {
    const members = cycles.get(refId(secret));
    const reason: UnresolvedReason | undefined = members ? { kind: "cycle", members } : lostSource(environment, secret);
    return reason ? [{ application: secret.application, key: secret.key, reason }] : [];
  });
  return stops.sort(compareRefs);
}

function lostSource(environment: Environment, secret: Secret): UnresolvedReason | undefined {
  for (const { application, key } of sourcesOf(secret)) {
    const source: SecretRef = { application, key };
    const from = environment.applications.get(application);
    if (from === undefined) return { kind: "source-application-not-enabled", source };
    if (from.secrets.has(key)) continue;
    return { kind: from.notRequired.has(key) ? "source-condition-false" : "source-undeclared", source };
  }
  return undefined;
}
