import { compareCodePoints } from "../model/code-points.js";
import type { Effect } from "../model/impact.js";
import { SecretValue } from "../model/secret-value.js";
import type { GenerateRule, MadeOnceRule, RandomRule } from "../model/secret.js";
import type { OidcClient } from "../model/static-secrets.js";
import { pythonJson } from "./python-json.js";
import { randomText } from "./random-text.js";
import { isRsaPrivateKey } from "./rsa-key.js";

/** The impure functions that generators need. */
export interface GeneratorPorts {
  readonly randomBytes: (size: number) => Uint8Array;
  readonly now: () => Date;
  /** A `$2b$` bcrypt hash. */
  readonly bcryptHash: (password: string, cost: number) => Promise<string>;
  /** RSA 2048, e=65537, PKCS#8 PEM, unencrypted, with a final newline. */
  readonly rsaPrivateKey: () => Promise<string>;
}

/** What defines a generator. */
interface Generator<R extends GenerateRule> {
  /** The format of its values, for `audit --verify`. */
  readonly format: Pick<RegExp, "test">;
  /** What a new value breaks. */
  readonly breaks: Effect;
  /** Whether the secret's name is a better indication than its generator of what a new value breaks. */
  readonly namedByKey?: true;
  /** Whether its values are passwords, which hashes are made of. */
  readonly isPassword: boolean;
  /** Whether its values hold only letters, digits and what means nothing in a URL. */
  isPlainInUrl(rule: R): boolean;
  /** Bits of randomness in a value, all lost with it; 0 where its source gives another that is as good. */
  bits(rule: R): number;
}

/** A generator that creates a value once, which is then kept. */
interface MadeOnce<R extends MadeOnceRule> extends Generator<R> {
  /** A new value; `source` is the value of the rule's `source`, for the rules that have one. */
  make(ports: GeneratorPorts, rule: R, source: string | undefined): string | Promise<string>;
  /** Minimum length of a value in UTF-8 bytes. */
  leastBytes(rule: R): number;
  /** Maximum length of its source in UTF-8 bytes. */
  readonly longestSource?: number;
  /** Whether a value can be checked against its source. */
  readonly isHash?: true;
}

type Generators = {
  readonly [T in MadeOnceRule["type"]]: MadeOnce<T extends "random" ? RandomRule : MadeOnceRule>;
} & { readonly "oidc-clients": Generator<GenerateRule> };

/** The definition of each generator, except for its texts and its syntax. */
const GENERATORS: Generators = {
  password: {
    make: (ports) => random(ports, 32).toString("hex"),
    format: /^[0-9a-f]{64}$/,
    leastBytes: () => 64,
    bits: () => 256,
    isPassword: true,
    isPlainInUrl: () => true,
    breaks: "old-password-refused",
    namedByKey: true,
  },
  random: {
    make: (ports, rule) => randomText(rule, ports),
    // Its rule may have changed since, so any value is valid.
    format: /./s,
    leastBytes: ({ length, charset }) => length * Math.min(...Array.from(charset, (each) => Buffer.byteLength(each))),
    bits: ({ length, charset }) => length * Math.log2(charset.length),
    isPassword: true,
    isPlainInUrl: ({ charset }) => !/[^A-Za-z0-9._~-]/.test(charset),
    breaks: "old-password-refused",
    namedByKey: true,
  },
  "gafaelfawr-token": {
    make: (ports) => `gt-${random(ports, 16).toString("base64url")}.${random(ports, 16).toString("base64url")}`,
    format: /^gt-[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{22}$/,
    leastBytes: () => 48,
    bits: () => 256,
    isPassword: false,
    isPlainInUrl: () => true,
    breaks: "old-token-refused",
  },
  "fernet-key": {
    make: (ports) => `${random(ports, 32).toString("base64url")}=`,
    format: /^[A-Za-z0-9_-]{43}=$/,
    leastBytes: () => 44,
    bits: () => 256,
    isPassword: false,
    isPlainInUrl: () => true,
    breaks: "encrypted-data-unreadable",
  },
  "rsa-private-key": {
    make: (ports) => ports.rsaPrivateKey(),
    format: { test: isRsaPrivateKey },
    leastBytes: () => 1600,
    bits: () => 112,
    isPassword: false,
    isPlainInUrl: () => false,
    breaks: "signatures-invalid",
  },
  "bcrypt-password-hash": {
    make: (ports, _, source) => {
      if (source === undefined) throw new Error("a hash needs its source");
      return ports.bcryptHash(source, 15);
    },
    format: /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/,
    leastBytes: () => 60,
    bits: () => 0,
    isPassword: false,
    isPlainInUrl: () => false,
    breaks: "old-login-refused",
    // bcrypt ignores everything after that; we refuse it instead.
    longestSource: 72,
    isHash: true,
  },
  mtime: {
    make: (ports) => `${ports.now().toISOString().slice(0, 19)}Z`,
    format: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    leastBytes: () => 20,
    bits: () => 0,
    isPassword: false,
    isPlainInUrl: () => false,
    breaks: "earlier-logins-end",
  },
  // Recomputed whenever there is a static source.
  "oidc-clients": {
    format: /^\[.*\]$/s,
    bits: () => 0,
    isPassword: false,
    isPlainInUrl: () => false,
    breaks: "oidc-clients-refused",
  },
};

function random({ randomBytes }: GeneratorPorts, size: number): Buffer {
  return Buffer.from(randomBytes(size));
}

export function generatorOf(rule: MadeOnceRule): MadeOnce<MadeOnceRule>;
export function generatorOf(rule: GenerateRule): Generator<GenerateRule> & Partial<MadeOnce<MadeOnceRule>>;
export function generatorOf(rule: GenerateRule): Generator<GenerateRule> {
  return GENERATORS[rule.type];
}

/**
 * Generates a new value.
 *
 * @param source The value of the rule's `source`, if it has one.
 */
export async function generateValue(
  rule: MadeOnceRule,
  source: SecretValue | undefined,
  ports: GeneratorPorts,
): Promise<SecretValue> {
  return new SecretValue(await generatorOf(rule).make(ports, rule, source?.reveal()));
}

/** The value of an `oidc-clients` secret, sorted by client name. */
export function oidcClientsJson(clients: ReadonlyMap<string, OidcClient>): SecretValue {
  const sorted = [...clients].sort(([a], [b]) => compareCodePoints(a, b));
  return new SecretValue(
    pythonJson(sorted.map(([, { id, secret, returnUri }]) => ({ id, secret: secret.reveal(), return_uri: returnUri }))),
  );
}
