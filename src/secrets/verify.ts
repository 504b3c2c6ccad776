import { valuesOf, type CurrentState } from "../model/current-state.js";
import type { Environment } from "../model/environment.js";
import type { FailedVerification } from "../model/failed-verification.js";
import { SecretValue } from "../model/secret-value.js";
import type { GeneratedSecret, GenerateRule } from "../model/secret.js";
import { isRsaPrivateKey } from "./rsa-key.js";

/** Checks a hash against a password, for real. */
export type VerifyHash = (password: string, hash: string) => Promise<boolean>;

const FORMATS: Readonly<Record<GenerateRule["type"], Pick<RegExp, "test">>> = {
  password: /^[0-9a-f]{64}$/,
  // Its rule may have changed since; any value is one.
  random: /./s,
  "gafaelfawr-token": /^gt-[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{22}$/,
  "fernet-key": /^[A-Za-z0-9_-]{43}=$/,
  "rsa-private-key": { test: isRsaPrivateKey },
  "bcrypt-password-hash": /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/,
  mtime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  "oidc-clients": /^\[.*\]$/s,
};

/**
 * Looks at every generated value that Vault holds: whether it has the format of its generator, and whether a hash is
 * one of its source. A hash takes seconds, so they are checked all at once.
 */
export async function verifyGenerated(
  environment: Environment,
  current: CurrentState,
  verifyHash: VerifyHash,
): Promise<FailedVerification[]> {
  const secrets = [...environment.applications.values()].flatMap(({ secrets: own }) => [...own.values()]);
  const checks = secrets.map(async (secret): Promise<FailedVerification | undefined> => {
    if (secret.kind !== "generate") return undefined;
    const value = valuesOf(current, secret.application).get(secret.key);
    if (!(value instanceof SecretValue) || value.isEmpty) return undefined;
    const reason = await whatIsWrong(secret, value, current, verifyHash);
    return reason === undefined ? undefined : { application: secret.application, key: secret.key, reason };
  });
  return (await Promise.all(checks)).filter((failed) => failed !== undefined);
}

async function whatIsWrong(
  secret: GeneratedSecret,
  value: SecretValue,
  current: CurrentState,
  verifyHash: VerifyHash,
): Promise<string | undefined> {
  const { rule } = secret;
  if (!FORMATS[rule.type].test(value.reveal())) return `does not have the format of a ${rule.type}`;
  if (rule.type !== "bcrypt-password-hash") return undefined;
  const source = valuesOf(current, secret.application).get(rule.source);
  if (!(source instanceof SecretValue)) return undefined;
  return (await verifyHash(source.reveal(), value.reveal()))
    ? undefined
    : `is not the hash of ${secret.application}/${rule.source}; rotate it`;
}
