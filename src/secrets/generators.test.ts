import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { dockerConfigJson } from "./pull-secret.js";
import { SecretValue } from "../model/secret-value.js";
import { generateValue, oidcClientsJson, type GeneratorPorts } from "./generators.js";
import { pythonJson } from "./python-json.js";

const ports: GeneratorPorts = {
  randomBytes,
  now: () => new Date("2026-01-02T03:04:05.999Z"),
  bcryptHash: (password, cost) => Promise.resolve(`${cost}:${password}`),
  rsaPrivateKey: () => Promise.resolve("PEM"),
};

describe("generateValue", () => {
  test.each([
    ["password", /^[0-9a-f]{64}$/],
    ["gafaelfawr-token", /^gt-[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{22}$/],
    ["fernet-key", /^[A-Za-z0-9_-]{43}=$/],
  ] as const)("%s has the format that the applications expect, and is new each time", async (type, format) => {
    const values = await Promise.all([1, 2, 3].map(() => generateValue({ type }, undefined, ports)));
    const texts = values.map((value) => value.reveal());
    for (const value of texts) expect(value).toMatch(format);
    expect(new Set(texts).size).toBe(3);
  });

  test("an RSA key is what the port makes; a random text follows its rule", async () => {
    expect((await generateValue({ type: "rsa-private-key" }, undefined, ports)).reveal()).toBe("PEM");
    const rule = { type: "random", length: 3, charset: "a", minimum: {} } as const;
    expect((await generateValue(rule, undefined, ports)).reveal()).toBe("aaa");
  });

  test("a hash without a source is a mistake of ours, not a hash of nothing", async () => {
    const made = generateValue({ type: "bcrypt-password-hash", source: "k" }, undefined, ports);
    await expect(made).rejects.toThrow("a hash needs its source");
  });

  test("a time is UTC without fractions; a hash is made from its source at cost 15", async () => {
    const source = new SecretValue("s");
    expect((await generateValue({ type: "mtime", source: "k" }, source, ports)).reveal()).toBe("2026-01-02T03:04:05Z");
    expect((await generateValue({ type: "bcrypt-password-hash", source: "k" }, source, ports)).reveal()).toBe("15:s");
  });
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
