import type { FailedVerification } from "../model/plan.js";
import { valuesOf, type CurrentState } from "../model/current-state.js";
import { type Environment, requiredSecrets } from "../model/environment.js";
import { SecretValue } from "../model/secret-value.js";
import type { GeneratedSecret } from "../model/secret.js";
import { generatorOf } from "./generators.js";

/** Actually verifies a password against a hash. */
export type VerifyHash = (password: string, hash: string) => Promise<boolean>;

/**
 * Checks every generated value that Vault holds: whether it has its generator's format, and whether a hash matches its
 * source. A hash takes seconds, so all are checked concurrently.
 */
export async function verifyGenerated(
  environment: Environment,
  current: CurrentState,
  verifyHash: VerifyHash,
): Promise<FailedVerification[]> {
  const checks = requiredSecrets(environment).map(async (secret): Promise<FailedVerification | undefined> => {
    if (secret.kind !== "generate") return undefined;
    const value = valuesOf(current, secret.application).get(secret.key);
    if (!(value instanceof SecretValue) || value.isEmpty) return undefined;
    const reason = await whatIsWrong(secret, value, current, verifyHash);
    return reason === undefined ? undefined : { application: secret.application, key: secret.key, reason };
  });
  return (await Promise.all(checks)).filter((failed) => failed !== undefined);
}

async function whatIsWrong(
  { application, rule }: GeneratedSecret,
  value: SecretValue,
  current: CurrentState,
  verifyHash: VerifyHash,
): Promise<FailedVerification["reason"] | undefined> {
  const { format, isHash } = generatorOf(rule);
  if (!format.test(value.reveal())) return { kind: "wrong-format", generator: rule.type };
  if (!isHash || !("source" in rule)) return undefined;
  const source = { application, key: rule.source };
  const hashed = valuesOf(current, application).get(rule.source);
  if (!(hashed instanceof SecretValue) || (await verifyHash(hashed.reveal(), value.reveal()))) return undefined;
  return { kind: "hash-of-something-else", source };
}
