import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { PhalanxError } from "../src/errors.js";
import { SecretValue } from "../src/model/secret-value.js";
import { audienceOf, openAge, sealAge } from "../src/sources/encrypted/age.js";
import { parseIdentities } from "../src/sources/encrypted/identities.js";
import type { Keys } from "../src/sources/encrypted/identities.js";
import { openSops } from "../src/sources/encrypted/sops.js";
import type { StaticSecretsFile } from "../src/model/static-secrets.js";
import { readStaticSecrets } from "../src/sources/file.js";
import { collectProblems } from "../src/problems.js";
import { readMapping } from "../src/yaml/mapping-file.js";
import { ROOT } from "./support/cli.js";
import { IN_CI } from "./support/size.js";
import { has } from "./support/programs.js";
import { environmentOf } from "./support/model.js";

const FIXTURES = `${ROOT}test/fixtures/encrypted`;
const IDENTITY = `${FIXTURES}/identity.txt`;
const OTHER = `${FIXTURES}/other-identity.txt`;
const RECIPIENT = "age1yl2ckzsqde5kkyx48er6kuc2lxvzaywxw8h2kuyvzh00s0xp4vlqktwnre";
const PASSPHRASE = "fake-passphrase";

const SOPS = [process.env["SOPS"], "sops", `${process.env["HOME"]}/go/bin/sops`].find(
  (program) => program !== undefined && has(program),
);
const hasAge = has("age");

const directory = await mkdtemp(join(tmpdir(), "phalanx-encrypted-"));
afterAll(() => rm(directory, { recursive: true }));
let count = 0;

const environment = environmentOf([]);

function keysOf(identity = IDENTITY, passphrase = PASSPHRASE): Keys {
  return {
    identities: async () => ({
      origins: ["key.txt"],
      identities: parseIdentities(await readFile(identity, "utf8"), "key.txt"),
    }),
    passphrase: () => Promise.resolve(new SecretValue(passphrase)),
  };
}

const fixture = (name: string): Promise<Buffer> => readFile(`${FIXTURES}/${name}`);

async function read(content: string | Uint8Array, keys = keysOf()): Promise<StaticSecretsFile> {
  const path = join(directory, `${count++}`);
  await writeFile(path, content, { mode: 0o600 });
  return readStaticSecrets(path, "f.yaml", environment, keys);
}

async function refusal(content: string | Uint8Array, keys = keysOf()): Promise<string> {
  const error = await read(content, keys).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PhalanxError);
  const { message, hint } = error as PhalanxError;
  expect(`${message}${hint}`).not.toMatch(/fake|AGE-SECRET-KEY-1Q/);
  expect(message).not.toContain("\n");
  return message;
}

/** Everything that a file holds, in its order. */
function contentOf({ staticSecrets }: StaticSecretsFile): unknown {
  return {
    applications: [...staticSecrets.applications].map(([name, secrets]) => [
      name,
      [...secrets].map(([key, value]) => [key, value.reveal()]),
    ]),
    registries: [...staticSecrets.registries].map(([host, { username, password }]) => [
      host,
      username,
      password.reveal(),
    ]),
  };
}

const PLAIN = {
  applications: [
    ["ingress", [["dns-credentials.json", '{"client": "fake-client", "key": "fake-dns-key"}\n']]],
    ["portal", [["map-tiles-key", "fake-map-tiles-key"]]],
  ],
  registries: [
    ["b.example.org", "robot", "fake-password-ü"],
    ["10", "robot", "fake-password-10"],
  ],
};

describe("files made by the real programs", () => {
  test.each(["plain.yaml", "to-one.age", "to-one.armoured.age", "to-two.age", "passphrase.age"])("%s", async (name) => {
    expect(contentOf(await read(await fixture(name)))).toEqual(PLAIN);
  });

  test.each(["sops.yaml", "sops.json", "sops.regex.yaml", "sops.mac-only.yaml"])("%s", async (name) => {
    expect(contentOf(await read(await fixture(name)))).toEqual(PLAIN);
  });

  test("any recipient will do", async () => {
    expect(contentOf(await read(await fixture("to-two.age"), keysOf(OTHER)))).toEqual(PLAIN);
    expect(contentOf(await read(await fixture("sops.regex.yaml"), keysOf(OTHER)))).toEqual(PLAIN);
  });

  test("SOPS in JSON that is indented with spaces, or not at all", async () => {
    const text = (await fixture("sops.json")).toString();
    expect(text).toContain('\t"applications"');
    for (const indent of ["  ", ""]) expect(contentOf(await read(text.replaceAll("\t", indent)))).toEqual(PLAIN);
  });

  test("SOPS with the line ends of Windows, a byte order mark, or comments that somebody added", async () => {
    const text = (await fixture("sops.yaml")).toString();
    for (const changed of [text.replaceAll("\n", "\r\n"), `\uFEFF${text}`, `# ours\n${text}# more\n`])
      expect(contentOf(await read(changed))).toEqual(PLAIN);
  });

  test("SOPS with a second document is refused, as any static secrets file is", async () => {
    const text = (await fixture("sops.yaml")).toString();
    for (const whole of [text, "applications: {}\n"])
      expect(await refusal(`${whole}---\napplications: {}\n`)).toContain("more than one document in the file");
  });

  test("SOPS values of every type, in lists, with comments", async () => {
    const file = readMapping((await fixture("sops.types.yaml")).toString(), () => "f.yaml", collectProblems());
    const opened = file && (await openSops(file, "f.yaml", keysOf()));
    expect(opened?.value).toEqual({
      a_unencrypted: { n: 12, f: 1.5, b: true, yes: "no", t: "text", nothing: null, big: 123456789012345678n },
      list: [1n, 2.5, true, false, "text", "", null, 1e21, 1e-7],
      commented: ["one", "two"],
      time: new Date("2024-01-02T03:04:05Z"),
      nested: [{ x: 1n }, ["y", { z: 2n }]],
      "colon:key": "value",
    });
    expect(opened?.keys([])).not.toContain("sops");
  });
});

describe("what does not open is refused", () => {
  test("the wrong identity", async () => {
    for (const name of ["to-one.age", "to-one.armoured.age", "sops.yaml"]) {
      expect(await refusal(await fixture(name), keysOf(OTHER))).toBe("No identity in key.txt opens f.yaml");
    }
  });

  test.skipIf(!IN_CI)("the wrong passphrase", async () => {
    expect(await refusal(await fixture("passphrase.age"), keysOf(IDENTITY, "wrong"))).toBe(
      "The passphrase does not open f.yaml",
    );
  });

  test("age files that were cut off or changed, wherever", async () => {
    const file = await fixture("to-one.age");
    const armoured = await fixture("to-one.armoured.age");
    const damaged = /^f\.yaml is encrypted with age and damaged|^No identity in key\.txt opens f\.yaml$/;
    for (const length of [22, 60, 150, file.length - 30, file.length - 1]) {
      expect(await refusal(file.subarray(0, length))).toMatch(damaged);
      expect(await refusal(armoured.subarray(0, length + 40))).toMatch(damaged);
    }
    for (let place = 22; place < file.length; place += 37) {
      const changed = Uint8Array.from(file);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(await refusal(changed)).toMatch(damaged);
    }
  });

  test.each([
    ["age-encryption.org/v9\n-> X\n\n--- x\n", /damaged/],
    ["-----BEGIN AGE ENCRYPTED FILE-----\nnonsense", /damaged/],
  ])("%j", async (content, message) => {
    expect(await refusal(content)).toMatch(message);
  });

  test.each([
    ["AGE-SECRET-KEY-1QQQ", "key.txt: line 1 is not an age identity"],
    ["# nothing", "key.txt holds no age identity"],
    ["AGE-PLUGIN-YUBIKEY-1QQQ", /only identities of age plugins or SSH keys/],
    [`AGE-SECRET-KEY-1${"Q".repeat(58)}`, "An identity in key.txt is damaged: its checksum is wrong"],
  ])("the identity %j", async (text, message) => {
    const path = join(directory, `key-${count++}`);
    await writeFile(path, text);
    const refused = await refusal(await fixture("to-one.age"), keysOf(path));
    expect(refused).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  });
});

describe("SOPS files that were changed without sops are refused", () => {
  const lines = async (name = "sops.regex.yaml"): Promise<string[]> => (await fixture(name)).toString().split("\n");
  const MAC = "f.yaml: its MAC does not match";

  test("a value that is not encrypted", async () => {
    const text = (await lines()).join("\n").replace("DNS zone", "dns zone");
    expect(await refusal(text)).toBe(MAC);
  });

  test("a value that was put in without encryption", async () => {
    const text = (await lines()).join("\n").replace(/value: ENC\[.*\]/, "value: planted");
    expect(await refusal(text)).toMatch(/^f\.yaml:\d+:\d+: applications\/ingress\/dns-credentials\.json\/value cannot/);
  });

  test("a value that was emptied", async () => {
    expect(await refusal((await lines()).join("\n").replace(/value: ENC\[.*\]/, 'value: ""'))).toBe(MAC);
  });

  test("values that changed places", async () => {
    const text = (await lines()).join("\n");
    const [a = "", b = ""] = text.match(/value: ENC\[.*\]/g) ?? [];
    const swapped = text.replace(a, "A").replace(b, a).replace("A", b);
    expect(swapped).not.toBe(text);
    expect(await refusal(swapped)).toMatch(/dns-credentials\.json\/value cannot be decrypted: it was changed or moved/);
  });

  test("a registry that was left out, and registries that changed places", async () => {
    const all = await lines();
    const start = all.findIndex((line) => line.includes("b.example.org:"));
    const first = all.slice(start, start + 3);
    const second = all.slice(start + 3, start + 6);
    expect(second[0]).toContain('"10"');
    expect(await refusal(all.toSpliced(start, 3).join("\n"))).toBe(MAC);
    expect(await refusal(all.toSpliced(start, 6, ...second, ...first).join("\n"))).toBe(MAC);
  });

  test("with mac_only_encrypted, plain values do not count, as with sops", async () => {
    const text = (await lines("sops.mac-only.yaml")).join("\n");
    expect(contentOf(await read(text.replace("DNS zone", "dns zone")))).toEqual(PLAIN);
    expect(await refusal(text.replace("mac_only_encrypted: true", "mac_only_encrypted: false"))).toBe(MAC);
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ["another time", (text) => text.replace(/lastmodified: "\d{4}/, 'lastmodified: "2001'), /its MAC does not match/],
    ["no MAC", (text) => text.replace(/ {4}mac: .*\n/, ""), /has no MAC/],
    ["no time", (text) => text.replace(/ {4}lastmodified: .*\n/, ""), /sops\.lastmodified is missing or malformed/],
    ["a shorter tag", (text) => text.replace(/tag:.{20}/, "tag:"), /cannot be decrypted/],
    ["a rule that lets values pass", (text) => text.replace(/encrypted_regex: .*/, "encrypted_regex: ^x$"), /MAC/],
    ["two rules", (text) => text.replace(/ {4}mac:/, "    encrypted_suffix: x\n    mac:"), /encrypted_suffix and/],
    [
      "a rule for Go",
      (text) => text.replace(/encrypted_regex: .*/, "encrypted_regex: '[[:alpha:]]'"),
      /not understood/,
    ],
    ["a rule without end", (text) => text.replace(/encrypted_regex: .*/, "encrypted_regex: ^(v*a*l*u*e*)*!$"), /MAC/],
    ["a damaged data key", (text) => text.replace(/(BEGIN AGE.*\n *)..../, "$1AAAA"), /damaged/],
  ])("%s", async (_, change, message) => {
    const text = (await lines()).join("\n");
    expect(change(text)).not.toBe(text);
    expect(await refusal(change(text))).toMatch(message);
  });

  test("a value under JSON", async () => {
    const text = (await fixture("sops.json")).toString();
    expect(await refusal(text.replace(/("value": ")ENC\[[^"]*/, "$1"))).toBe(MAC);
  });
});

describe("SOPS files of kinds that phalanx cannot read", () => {
  test.each([
    [
      "sops.shamir.yaml",
      "f.yaml is a SOPS file with 2 key groups (Shamir's secret sharing), which phalanx cannot read",
    ],
    ["sops.comment.yaml", "f.yaml is a SOPS file with encrypted_comment_regex, which phalanx cannot read"],
  ])("%s", async (name, message) => {
    expect(await refusal(await fixture(name))).toBe(message);
  });

  test("without an age recipient", async () => {
    const text = "a: x\nsops: {age: [], pgp: [{fp: A, enc: x}], kms: [{arn: x}], lastmodified: x, mac: x}\n";
    expect(await refusal(text)).toContain("with no age recipient (only PGP, AWS KMS)");
  });
});

describe("what we encrypt", () => {
  test("random files survive", async () => {
    const name = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => text !== "__proto__");
    const secrets = fc.dictionary(name, fc.record({ value: fc.string({ unit: "binary" }) }), { maxKeys: 3 });
    const identity = new SecretValue(/AGE-SECRET.*/.exec(await readFile(IDENTITY, "utf8"))?.[0] ?? "");
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, secrets, { maxKeys: 3 }), fc.boolean(), async (applications, armoured) => {
        const text = JSON.stringify({ applications });
        const sealed = await sealAge(text, { recipients: [RECIPIENT] }, armoured);
        expect(Buffer.from(sealed).includes(text)).toBe(false);
        const { plaintext } = await openAge(sealed, "f", {
          ...keysOf(),
          identities: () => Promise.resolve({ origins: ["key.txt"], identities: [identity] }),
        });
        expect(Buffer.from(plaintext).toString()).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  test.each([0, 65_535, 65_536, 65_537, 200_000])("%i bytes", async (size) => {
    const text = "x".repeat(size);
    const opened = await openAge(await sealAge(text, { recipients: [RECIPIENT] }, true), "f", keysOf());
    expect(Buffer.from(opened.plaintext).toString()).toBe(text);
  });

  test.skipIf(!IN_CI)("a passphrase, and post-quantum identities", async () => {
    const { generateHybridIdentity, identityToRecipient } = await import("age-encryption");
    const hybrid = await generateHybridIdentity();
    const path = join(directory, "hybrid");
    await writeFile(path, `# two of them\n${hybrid}\r\n${await readFile(IDENTITY, "utf8")}`);
    const recipients = [await identityToRecipient(hybrid)];
    const opened = await openAge(await sealAge("x", { recipients }, false), "f", keysOf(path));
    expect(await audienceOf(opened)).toEqual({ audience: { recipients }, others: 0 });

    const audience = { passphrase: new SecretValue(PASSPHRASE) };
    const again = await openAge(await sealAge("x", audience, true), "f", keysOf());
    expect(await audienceOf(again)).toEqual({ audience: { passphrase: expect.any(SecretValue) }, others: 0 });
  });

  test("others among the recipients are noticed", async () => {
    const opened = await openAge(await fixture("to-two.age"), "f", keysOf());
    expect(await audienceOf(opened)).toEqual({ audience: { recipients: [RECIPIENT] }, others: 1 });
  });

  test.each(["age1nonsense", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1QFAKE"])("never to %s", async (recipient) => {
    const sealing = sealAge("x", { recipients: [recipient] }, true);
    await expect(sealing).rejects.toThrow(/not an age recipient/);
    await expect(sealing).rejects.not.toThrow(/QFAKE/);
  });
});

describe.skipIf(!hasAge)("with the real age here (skipped where it is not installed)", () => {
  test.each([true, false])("it opens what we encrypt, armoured: %s", async (armoured) => {
    const sealed = await sealAge("fake", { recipients: [RECIPIENT] }, armoured);
    expect(execFileSync("age", ["-d", "-i", IDENTITY], { input: sealed }).toString()).toBe("fake");
  });

  test("we open what it encrypts", async () => {
    const plain = await fixture("plain.yaml");
    for (const options of [
      ["-r", RECIPIENT],
      ["-a", "-r", RECIPIENT],
    ]) {
      const content = execFileSync("age", options, { input: plain });
      expect(contentOf(await read(content))).toEqual(PLAIN);
    }
  });
});

describe.skipIf(SOPS === undefined)("with the real sops here (skipped where it is not installed)", () => {
  const sops = (...args: string[]): string =>
    execFileSync(SOPS ?? "", args, {
      cwd: directory,
      env: { PATH: process.env["PATH"] ?? "", SOPS_AGE_KEY_FILE: IDENTITY },
      stdio: "pipe",
    }).toString();

  test.each(["yaml", "json"])("we read any tree that it encrypts, %s", async (format) => {
    const key = fc.stringMatching(/^[a-z0-9_]{1,8}$/);
    const { tree } = fc.letrec<{ tree: Record<string, unknown>; node: unknown }>((tie) => ({
      tree: fc.dictionary(key, tie("node"), { maxKeys: 4, noNullPrototype: true }),
      node: fc.oneof(
        { depthSize: "small" },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.constantFrom("yes", "1e3", "0x10", "2001-01-01", "a\nb\n", " # x", "ü"),
        fc.array(tie("node"), { maxLength: 3 }),
        tie("tree"),
      ),
    }));
    const plain = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? Number(part) : part)));
    await fc.assert(
      fc.asyncProperty(tree, async (value) => {
        await writeFile(join(directory, "tree.json"), JSON.stringify({ ...value, sops: undefined, last: "x" }));
        const text = sops("encrypt", "--age", RECIPIENT, "--output-type", format, "tree.json");
        const file = readMapping(text.replaceAll("\t", " "), () => "f", collectProblems());
        const opened = file && (await openSops(file, "f", keysOf()));
        expect(plain(opened?.value)).toEqual(plain({ ...value, sops: undefined, last: "x" }));
      }),
      { numRuns: 15 },
    );
  });

  test("it refuses what we refuse", async () => {
    const text = (await fixture("sops.regex.yaml")).toString().replace("DNS zone", "dns zone");
    await writeFile(join(directory, "changed.yaml"), text);
    expect(() => sops("decrypt", "changed.yaml")).toThrow(/MAC mismatch/);
  });
});
