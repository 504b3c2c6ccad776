import { type CurrentState, valuesOf } from "../model/current-state.js";
import { type Environment, requiredSecrets, vaultPrefix } from "../model/environment.js";
import { groupBy } from "../model/group.js";
import type { FleetEnvironment, FleetSecret, Fingerprints, SharedValue } from "../model/fleet-report.js";
import { compareCodePoints } from "../model/code-points.js";
import { SecretValue } from "../model/secret-value.js";
import { refId } from "../model/secret.js";
import { generatorOf } from "../secrets/generators.js";
import { countFindings } from "./counts.js";

export type FingerprintEntry = Fingerprints["entries"][number];

/** With less entropy, two values may be equal by chance, and a value could be guessed from its fingerprint. */
const MIN_BITS = 64;

/**
 * Fingerprints of the generated values that Vault holds for an environment.
 *
 * @param fingerprint Keyed; equal for equal values, and reveals nothing else without the key.
 */
export function fingerprintEntries(
  environment: Environment,
  current: CurrentState,
  fingerprint: (value: SecretValue) => string,
): FingerprintEntry[] {
  const { name, vault } = environment;
  const location = `${vault.url}/${vaultPrefix(vault)}`;
  return requiredSecrets(environment).flatMap((secret) => {
    const { application, key } = secret;
    const value = valuesOf(current, application).get(key);
    if (secret.kind !== "generate" || generatorOf(secret.rule).bits(secret.rule) < MIN_BITS) return [];
    if (!(value instanceof SecretValue) || value.isEmpty) return [];
    return [{ environment: name, location, application, key, fingerprint: fingerprint(value) }];
  });
}

/** The sort key of members of a shared value; shared values sort by those of all their members. */
function sortedBy(member: SharedValue[number]): string {
  return `${refId(member)} ${member.environment}`;
}

/** The values that are in several environments; two that share a prefix in Vault share everything, which is said once. */
export function sharedValues(entries: readonly FingerprintEntry[]): SharedValue[] {
  const groups = groupBy(entries, ({ fingerprint }) => fingerprint);
  const shared = [...groups.values()].filter((group) => new Set(group.map(({ location }) => location)).size > 1);
  return shared
    .map((group) =>
      group
        .map(({ environment, application, key }) => ({ environment, application, key }))
        .sort((a, b) => compareCodePoints(sortedBy(a), sortedBy(b))),
    )
    .sort((a, b) => compareCodePoints(a.map(sortedBy).join(), b.map(sortedBy).join()));
}

/** Notes at each secret in which other environments its value is, and counts again. Secrets without a note stay the same. */
export function withSharing(
  environments: readonly FleetEnvironment[],
  values: readonly SharedValue[],
): FleetEnvironment[] {
  const others = new Map<string, Map<string, string[]>>();
  for (const group of values) {
    const names = [...new Set(group.map(({ environment }) => environment))];
    for (const member of group) {
      const elsewhere = names.filter((name) => name !== member.environment);
      if (elsewhere.length === 0) continue;
      const own = others.get(member.environment) ?? new Map<string, string[]>();
      others.set(member.environment, own.set(refId(member), elsewhere));
    }
  }
  return environments.map((environment) => {
    const own = others.get(environment.name);
    const applications = environment.applications.map((application) => {
      const noted = (secret: FleetSecret): FleetSecret => {
        const sharedWith = own?.get(refId({ application: application.name, key: secret.key }));
        if (sharedWith === undefined && secret.sharedWith === undefined) return secret;
        const { sharedWith: _, ...rest } = secret;
        return sharedWith === undefined ? rest : { ...rest, sharedWith };
      };
      const secrets = application.secrets.map(noted);
      const isSame = secrets.every((secret, i) => secret === application.secrets[i]);
      return isSame ? application : { ...application, secrets };
    });
    return { ...environment, applications, counts: countFindings({ ...environment, applications }) };
  });
}
