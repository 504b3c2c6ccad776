import { generateKeyPairSync, randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { dockerConfigJson } from "./pull-secret.js";
import { generated, ref } from "../../test/support/model.js";
import type { Effect } from "../model/impact.js";
import { SecretValue } from "../model/secret-value.js";
import type { MadeOnceRule } from "../model/secret.js";
import { generateValue, generatorOf, oidcClientsJson, type GeneratorPorts } from "./generators.js";
import { invalidation } from "./invalidation.js";
import { pythonJson } from "./python-json.js";

const ports: GeneratorPorts = {
  randomBytes,
  now: () => new Date("2026-01-02T03:04:05.999Z"),
  bcryptHash: (password, cost) => Promise.resolve(`$2b$${cost}$${password.padEnd(53, ".")}`),
  rsaPrivateKey: () => Promise.resolve(rsaKey()),
};
const rsaKey = (): string =>
  generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();

interface Expected<R extends MadeOnceRule> {
  readonly rule: R;
  /** What the applications expect. */
  readonly format: RegExp;
  /** What a new value breaks. */
  readonly breaks: Effect;
  /** Whether a key with `session` in its name says that better. */
  readonly namedByKey: boolean;
  /** Whether a hash of it is one of a generated password. */
  readonly isPassword: boolean;
}

const GENERATORS = {
  password: {
    rule: { type: "password" },
    format: /^[0-9a-f]{64}$/,
    breaks: "old-password-refused",
    namedByKey: true,
    isPassword: true,
  },
  random: {
    rule: { type: "random", length: 30, charset: "abcdef0123", minimum: { digit: 2 } },
    format: /^[a-f0-3]{30}$/,
    breaks: "old-password-refused",
    namedByKey: true,
    isPassword: true,
  },
  "gafaelfawr-token": {
    rule: { type: "gafaelfawr-token" },
    format: /^gt-[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{22}$/,
    breaks: "old-token-refused",
    namedByKey: false,
    isPassword: false,
  },
  "fernet-key": {
    rule: { type: "fernet-key" },
    format: /^[A-Za-z0-9_-]{43}=$/,
    breaks: "encrypted-data-unreadable",
    namedByKey: false,
    isPassword: false,
  },
  "rsa-private-key": {
    rule: { type: "rsa-private-key" },
    format: /^-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+\n-----END PRIVATE KEY-----\n$/,
    breaks: "signatures-invalid",
    namedByKey: false,
    isPassword: false,
  },
  "bcrypt-password-hash": {
    rule: { type: "bcrypt-password-hash", source: "k" },
    format: /^\$2b\$15\$s\.{52}$/,
    breaks: "old-login-refused",
    namedByKey: false,
    isPassword: false,
  },
  mtime: {
    rule: { type: "mtime", source: "k" },
    format: /^2026-01-02T03:04:05Z$/,
    breaks: "earlier-logins-end",
    namedByKey: false,
    isPassword: false,
  },
} satisfies { [T in MadeOnceRule["type"]]: Expected<MadeOnceRule & { readonly type: T }> };

describe.each(Object.entries<Expected<MadeOnceRule>>(GENERATORS))("the generator %s", (_, expected) => {
  const { rule } = expected;
  const generator = generatorOf(rule);
  const source = "source" in rule ? new SecretValue("s") : undefined;
  let values: readonly string[];
  beforeAll(async () => {
    const made = await Promise.all([1, 2].map(() => generateValue(rule, source, ports)));
    values = made.map((value) => value.reveal());
  });

  test("makes what the applications expect, and audit --verify too", () => {
    for (const value of values) {
      expect(value).toMatch(expected.format);
      expect(generator.format.test(value)).toBe(true);
    }
  });

  test("makes something else each time, and has bits of chance, where there is no source", () => {
    const isByChance = !("source" in rule);
    expect(new Set(values).size).toBe(isByChance ? 2 : 1);
    expect(generator.bits(rule) > 0).toBe(isByChance);
  });

  test("knows how long its values are at least, closely", () => {
    const least = generator.leastBytes(rule);
    for (const value of values) {
      expect(Buffer.byteLength(value)).toBeGreaterThanOrEqual(least);
      expect(Buffer.byteLength(value)).toBeLessThan(least * 1.1);
    }
  });

  test("knows whether its values are plain in a URL, and passwords", () => {
    for (const value of values) expect(generator.isPlainInUrl(rule)).toBe(/^[A-Za-z0-9._~=-]+$/.test(value));
    expect(generator.isPassword).toBe(expected.isPassword);
  });

  test("says what a new value breaks, unless the key does", () => {
    const broken = (id: string): Effect | undefined =>
      invalidation({ ...ref(id), action: "update", cause: { kind: "missing" } }, generated(id, rule))?.effect;
    expect(broken("app/key")).toBe(expected.breaks);
    expect(broken("app/session")).toBe(expected.namedByKey ? "sessions-end" : expected.breaks);
  });
});

test("a random text is plain in a URL only by its characters", () => {
  const rule = { type: "random", length: 9, charset: "abc@/", minimum: {} } as const;
  expect(generatorOf(rule).isPlainInUrl(rule)).toBe(false);
});

test("a hash without a source is a mistake of ours, not a hash of nothing", async () => {
  const made = generateValue({ type: "bcrypt-password-hash", source: "k" }, undefined, ports);
  await expect(made).rejects.toThrow("a hash needs its source");
});

describe("JSON as Python writes it", () => {
  test("escapes everything but printable ASCII", () => {
    expect(pythonJson('é"\\\n\t\b\f\r\u0000\u001f\u007f/<&>\u2028😀')).toBe(
      '"\\u00e9\\"\\\\\\n\\t\\b\\f\\r\\u0000\\u001f\\u007f/<&>\\u2028\\ud83d\\ude00"',
    );
    expect(pythonJson({ a: ["x", "y"], b: [] })).toBe('{"a": ["x", "y"], "b": []}');
  });

  test("OIDC clients are sorted by the client's name, not its id; without any, it is []", () => {
    const client = (id: string) => ({ id, secret: new SecretValue("s"), returnUri: "u" });
    const clients = new Map([
      ["b", client("1")],
      ["B", client("2")],
      ["a", client("3")],
    ]);
    expect(oidcClientsJson(clients).reveal()).toBe(
      '[{"id": "2", "secret": "s", "return_uri": "u"}, {"id": "3", "secret": "s", "return_uri": "u"}, {"id": "1", "secret": "s", "return_uri": "u"}]',
    );
    expect(oidcClientsJson(new Map()).reveal()).toBe("[]");
  });

  test("registries keep the order of their source", () => {
    const registries = new Map([
      ["z.example", { username: "ü", password: new SecretValue("p") }],
      ["1", { username: "u", password: new SecretValue("q") }],
    ]);
    expect(dockerConfigJson(registries).reveal()).toBe(
      '{"auths": {"z.example": {"auth": "w7w6cA==", "username": "\\u00fc", "password": "p"}, "1": {"auth": "dTpx", "username": "u", "password": "q"}}}',
    );
  });
});
