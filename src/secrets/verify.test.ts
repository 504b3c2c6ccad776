import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { FailedVerification } from "../model/plan.js";
import {
  environmentOf,
  generated,
  gone,
  hash,
  password,
  present,
  ref,
  statically,
  vaultHolds,
} from "../../test/support/model.js";
import { ForeignValue } from "../model/secret-value.js";
import type { GenerateRule } from "../model/secret.js";
import { verifyGenerated } from "./verify.js";

const verifyHash = (text: string, hashed: string) => Promise.resolve(hashed.endsWith(text));
/** A string in bcrypt format that ends with the text it is meant to be the hash of. */
const hashOf = (text: string) => `$2b$15$${"x".repeat(53 - text.length)}${text}`;
const wrong = async (rule: GenerateRule, value: string): Promise<readonly FailedVerification["reason"][]> => {
  const environment = environmentOf([generated("a/k", rule)]);
  return (await verifyGenerated(environment, vaultHolds({ a: present({ k: value }) }), verifyHash)).map(
    ({ reason }) => reason,
  );
};

describe("the format of a generated value", () => {
  const hex = "0123456789abcdef".repeat(4);
  const [half, whole] = ["Az09_-".repeat(4).slice(0, 22), "Az09_-".repeat(8).slice(0, 43)];
  type Case<R extends GenerateRule> = readonly [rule: R, right: readonly string[], others: readonly string[]];
  const FORMATS = {
    password: [
      { type: "password" },
      [hex],
      [hex.slice(1), `${hex}0`, `g${hex.slice(1)}`, hex.toUpperCase(), `${hex}\n`],
    ],
    random: [{ type: "random", length: 9, charset: "a", minimum: {} }, ["any", "\n"], []],
    "gafaelfawr-token": [
      { type: "gafaelfawr-token" },
      [`gt-${half}.${half}`],
      [
        `xgt-${half}.${half}`,
        `gt-${half}.${half}x`,
        `gt-${half}x${half}`,
        `gt-${half.slice(1)}.${half}`,
        `gt-${half}.${half.slice(1)}`,
        `gt-${half.slice(1)}+.${half}`,
        `gt-${half}.${half.slice(1)}+`,
      ],
    ],
    "fernet-key": [
      { type: "fernet-key" },
      [`${whole}=`],
      [whole, `x${whole}=`, `${whole}=x`, `${whole.slice(1)}=`, `${whole.slice(1)}+=`],
    ],
    // Everything else of these is below.
    "rsa-private-key": [{ type: "rsa-private-key" }, [readFileSync("test/fixtures/tls/key.pem", "utf8")], ["PEM"]],
    "bcrypt-password-hash": [
      { type: "bcrypt-password-hash", source: "s" },
      ["$2b$15$", "$2a$04$", "$2y$15$"].map((start) => `${start}${"./Az09".repeat(9).slice(0, 53)}`),
      ["$2x$15$", "$2b$1$", "$2b$x5$", "$2b$5x$", "x$2b$15$", "2b$15$"]
        .map((start) => `${start}${"x".repeat(53)}`)
        .concat(hashOf("").slice(0, -1), `${hashOf("")}x`, `${hashOf("").slice(0, -1)}+`),
    ],
    mtime: [
      { type: "mtime", source: "s" },
      ["2026-01-02T03:04:05Z"],
      [
        "2026-01-02T03:04:05.6Z",
        "2026-01-02T03:04:05",
        "x2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05Zx",
        "2026-01-02 03:04:05Z",
        "26-01-02T03:04:05Z",
        "2026-1-02T03:04:05Z",
        "2026-01-2T03:04:05Z",
        "2026-01-02T3:04:05Z",
        "2026-01-02T03:4:05Z",
        "2026-01-02T03:04:5Z",
        "abcd-01-02T03:04:05Z",
        "2026-ab-02T03:04:05Z",
        "2026-01-ab-T03:04:05Z",
        "2026-01-0aT03:04:05Z",
        "2026-01-a2T03:04:05Z",
        "2026-a1-02T03:04:05Z",
        "2026-0a-02T03:04:05Z",
        "2026-01-02Ta3:04:05Z",
        "2026-01-02T0a:04:05Z",
        "2026-01-02T03:a4:05Z",
        "2026-01-02T03:0a:05Z",
        "2026-01-02T03:04:a5Z",
        "2026-01-02T03:04:0aZ",
      ],
    ],
    "oidc-clients": [
      { type: "oidc-clients" },
      ["[]", '[{"id": "1"}]', "[\n]"],
      ["{}", "x[]", "[]x", ""].filter((text) => text !== ""),
    ],
  } satisfies { [T in GenerateRule["type"]]: Case<GenerateRule & { readonly type: T }> };

  test.each(Object.values<Case<GenerateRule>>(FORMATS))("%o", async (rule, right, others) => {
    for (const value of right) expect(await wrong(rule, value), value).toEqual([]);
    for (const value of others)
      expect(await wrong(rule, value), value).toEqual([{ kind: "wrong-format", generator: rule.type }]);
  });
});

describe("an RSA private key", () => {
  const pem = (der: Buffer, label = "PRIVATE KEY") =>
    `-----BEGIN ${label}-----\n${(der.toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END ${label}-----\n`;
  const file = readFileSync("test/fixtures/tls/key.pem");
  const [pkcs8, pkcs1] = (["pkcs8", "pkcs1"] as const).map((type) =>
    createPrivateKey(file).export({ type, format: "der" }),
  ) as [Buffer, Buffer];
  const changed = (der: Buffer, at: number, value: number) => {
    const copied = Buffer.from(der);
    copied[at] = value;
    return copied;
  };
  /** A sequence that wraps the key, with its length in two bytes. */
  const sequence = (content: Buffer) =>
    Buffer.concat([Buffer.from([0x30, 0x82, content.length >> 8, content.length & 255]), content]);
  const accepted = async (text: string) => (await wrong({ type: "rsa-private-key" }, text)).length === 0;
  const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const rightText = pem(pkcs8);

  test.each<[string, string]>([
    ["as the generator and the original write it (PKCS#8)", rightText],
    ["in PKCS#1", pem(pkcs1, "RSA PRIVATE KEY")],
    ["with one byte less, as some have", pem(sequence(pkcs8.subarray(4, -1)))],
    ["with two bytes less", pem(sequence(pkcs8.subarray(4, -2)))],
  ])("%s is one", async (_, text) => {
    expect(await accepted(text)).toBe(true);
  });

  test.each<[string, string]>([
    ["without a body", pem(Buffer.alloc(0))],
    ["of empty lines", "-----BEGIN PRIVATE KEY-----\n\n\n-----END PRIVATE KEY-----\n"],
    ["of something that is no DER", pem(Buffer.alloc(1218))],
    ["that was cut off", pem(pkcs8.subarray(0, 1200))],
    ["that is too short", pem(sequence(pkcs8.subarray(4, 1099)))],
    ["with something behind it", pem(Buffer.concat([pkcs8, Buffer.from("x")]))],
    ["that is no sequence", pem(changed(pkcs8, 0, 0x31))],
    ["whose length has other bytes", pem(changed(pkcs8, 1, 0x81))],
    ["of another algorithm", pem(changed(pkcs8, 19, 0x02))],
    ["of an elliptic curve", elliptic.export({ type: "pkcs8", format: "pem" }).toString()],
    ["in PKCS#8 that says PKCS#1", pem(pkcs8, "RSA PRIVATE KEY")],
    ["in PKCS#1 that says PKCS#8", pem(pkcs1)],
    ["that is encrypted", pem(pkcs8, "ENCRYPTED PRIVATE KEY")],
    ["with another end", rightText.replace("END PRIVATE", "END RSA PRIVATE")],
    ["with another beginning", rightText.replace("BEGIN PRIVATE", "BEGIN RSA PRIVATE")],
    ["with something before it", `x${rightText}`],
    ["with a line behind it", `${rightText}x`],
    ["without its last line break", rightText.trimEnd()],
    ["with characters that are no base64", rightText.replace("A", "-")],
    ["with padding in the middle", rightText.replace("A", "=")],
    ["with three characters of padding", rightText.replace(/=*\n-----END/, "===\n-----END")],
  ])("%s is none", async (_, text) => {
    expect(await accepted(text)).toBe(false);
  });
});

describe("verifying", () => {
  test("finds hashes of something else, and names their source", async () => {
    const environment = environmentOf([
      statically("a/s"),
      hash("a/right", "s"),
      hash("a/wrong", "s"),
      generated("a/changed", { type: "mtime", source: "s" }),
      hash("b/alone", "s"),
    ]);
    const current = vaultHolds({
      a: present({ s: "secret", right: hashOf("secret"), wrong: hashOf("other"), changed: "2026-01-02T03:04:05Z" }),
      b: present({ alone: hashOf("x") }),
    });
    expect(await verifyGenerated(environment, current, verifyHash)).toEqual([
      { application: "a", key: "wrong", reason: { kind: "hash-of-something-else", source: ref("a/s") } },
    ]);
  });

  test("says nothing of what is not generated, not there, empty or a number", async () => {
    const environment = environmentOf([
      statically("a/s"),
      password("a/absent"),
      password("a/empty"),
      password("a/number"),
      password("b/gone"),
      hash("a/h", "number"),
    ]);
    const values = { s: "short", empty: "", number: new ForeignValue("5"), h: hashOf("x") };
    const current = vaultHolds({ a: present(values), b: gone("deleted") });
    expect(await verifyGenerated(environment, current, verifyHash)).toEqual([]);
  });
});
