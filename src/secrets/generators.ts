import { compareCodePoints } from "../model/code-points.js";
import { SecretValue } from "../model/secret-value.js";
import type { GeneratedSecret, MadeOnceRule } from "../model/secret.js";
import type { OidcClient, RegistryCredentials } from "../model/static-secrets.js";
import { pythonJson } from "./python-json.js";
import { randomText } from "./random-text.js";

/** What generating needs from outside; the rest of it is pure. */
export interface GeneratorPorts {
  readonly randomBytes: (size: number) => Uint8Array;
  readonly now: () => Date;
  /** A `$2b$` bcrypt hash. */
  readonly bcryptHash: (password: string, cost: number) => Promise<string>;
  /** RSA 2048, e=65537, PKCS#8 PEM, unencrypted, with a final newline. */
  readonly rsaPrivateKey: () => Promise<string>;
}

export const BCRYPT_COST = 15;

/**
 * Generates a new value.
 *
 * @param source The value of the rule's `source`, for the rules that have one.
 */
export async function generateValue(
  rule: MadeOnceRule,
  source: SecretValue | undefined,
  ports: GeneratorPorts,
): Promise<SecretValue> {
  const random = (size: number): Buffer => Buffer.from(ports.randomBytes(size));
  switch (rule.type) {
    case "password":
      return new SecretValue(random(32).toString("hex"));
    case "gafaelfawr-token":
      return new SecretValue(`gt-${random(16).toString("base64url")}.${random(16).toString("base64url")}`);
    case "fernet-key":
      return new SecretValue(`${random(32).toString("base64url")}=`);
    case "random":
      return new SecretValue(randomText(rule, ports));
    case "rsa-private-key":
      return new SecretValue(await ports.rsaPrivateKey());
    case "bcrypt-password-hash":
      if (source === undefined) throw new Error("a hash needs its source");
      return new SecretValue(await ports.bcryptHash(source.reveal(), BCRYPT_COST));
    case "mtime":
      return new SecretValue(`${ports.now().toISOString().slice(0, 19)}Z`);
  }
}

/** The value of an `oidc-clients` secret: always recomputed from the source, sorted by client name. */
export function oidcClientsJson(clients: ReadonlyMap<string, OidcClient>): SecretValue {
  const sorted = [...clients].sort(([a], [b]) => compareCodePoints(a, b));
  return new SecretValue(
    pythonJson(sorted.map(([, { id, secret, returnUri }]) => ({ id, secret: secret.reveal(), return_uri: returnUri }))),
  );
}

/** The value of the pull secret's `.dockerconfigjson`, registries in the order of their source. */
export function dockerConfigJson(registries: ReadonlyMap<string, RegistryCredentials>): SecretValue {
  const auths = [...registries].map(([host, { username, password }]): string => {
    const auth = Buffer.from(`${username}:${password.reveal()}`).toString("base64");
    // Built entry by entry: an object would reorder hosts that look like integers.
    return `${pythonJson(host)}: ${pythonJson({ auth, username, password: password.reveal() })}`;
  });
  return new SecretValue(`{"auths": {${auths.join(", ")}}}`);
}

/** Whether somebody could ever restore this value by generating it again. */
export function isRandom(secret: GeneratedSecret): boolean {
  return !("source" in secret.rule) && secret.rule.type !== "oidc-clients";
}
