import { PULL_SECRET, PULL_SECRET_KEY } from "../model/environment.js";
import type { Change } from "../model/plan.js";
import { sameStoredValue, SecretValue, type StoredValue } from "../model/secret-value.js";
import type { RegistryCredentials, StaticSecrets } from "../model/static-secrets.js";
import { pythonJson } from "./python-json.js";
import type { PlanInput } from "./resolve.js";

/** The pull secret's reference id, for plans limited to some keys. */
export const PULL_SECRET_ID = `${PULL_SECRET}/${PULL_SECRET_KEY}`;

/** The pull secret's desired value, as a whole; undefined if the static source has no registries. */
export function desiredPullSecret(
  staticSecrets: StaticSecrets | undefined,
): ReadonlyMap<string, SecretValue> | undefined {
  if (staticSecrets === undefined || staticSecrets.registries.size === 0) return undefined;
  return new Map([[PULL_SECRET_KEY, dockerConfigJson(staticSecrets.registries)]]);
}

/** The value of its `.dockerconfigjson`, registries in the order of their source. */
export function dockerConfigJson(registries: ReadonlyMap<string, RegistryCredentials>): SecretValue {
  const auths = [...registries].map(([host, { username, password }]): string => {
    const auth = Buffer.from(`${username}:${password.reveal()}`).toString("base64");
    // Built entry by entry: an object would reorder hosts that look like integers.
    return `${pythonJson(host)}: ${pythonJson({ auth, username, password: password.reveal() })}`;
  });
  return new SecretValue(`{"auths": {${auths.join(", ")}}}`);
}

/** The change of the pull secret, if its value is not the desired one: it is compared and replaced as a whole. */
export function planPullSecret(input: Pick<PlanInput, "current" | "staticSecrets" | "exclude">): Change[] {
  const desired = desiredPullSecret(input.staticSecrets)?.get(PULL_SECRET_KEY);
  if (desired === undefined || input.exclude.has(PULL_SECRET)) return [];
  const ref = { application: PULL_SECRET, key: PULL_SECRET_KEY };
  const state = input.current.get(PULL_SECRET);
  if (state?.kind !== "present") return [{ ...ref, action: "create", cause: { kind: "missing" } }];
  const isSame = state.values.size === 1 && sameStoredValue(state.values.get(PULL_SECRET_KEY), desired);
  return isSame ? [] : [{ ...ref, action: "update", cause: { kind: "registries-changed" } }];
}

/** The credentials in a pull secret; undefined if it does not have the shape that this program and the original write. */
export function parseDockerConfig(
  stored: StoredValue | undefined,
): ReadonlyMap<string, RegistryCredentials> | undefined {
  if (!(stored instanceof SecretValue)) return undefined;
  try {
    const { auths } = JSON.parse(stored.reveal()) as {
      auths: Record<string, { username: unknown; password: unknown }>;
    };
    const registries = new Map<string, RegistryCredentials>();
    for (const [host, { username, password }] of Object.entries(auths)) {
      if (typeof username !== "string" || typeof password !== "string") return undefined;
      registries.set(host, { username, password: new SecretValue(password) });
    }
    return registries;
  } catch {
    return undefined;
  }
}
