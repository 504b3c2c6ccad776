import { isUtf8 } from "node:buffer";
import { lineOf } from "../render/diagnostic.js";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { PhalanxError } from "../errors.js";
import type { Keys } from "./encrypted/identities.js";
import type { StaticSecretsFile } from "../model/static-secrets.js";
import { readStaticSecrets } from "./file.js";
import { fuzz } from "../../test/support/fuzz.js";
import { environmentOf } from "../../test/support/model.js";

const directory = await mkdtemp(join(tmpdir(), "phalanx-static-"));
afterAll(() => rm(directory, { recursive: true }));

const environment = environmentOf([]);
const NO_KEYS: Keys = {
  identities: () => Promise.reject(new Error("nothing is encrypted")),
  passphrase: () => Promise.reject(new Error("nothing is encrypted")),
};
let count = 0;

async function read(content: string | Uint8Array): Promise<StaticSecretsFile> {
  const path = join(directory, `${count++}.yaml`);
  await writeFile(path, content, { mode: 0o600 });
  return readStaticSecrets(path, "f.yaml", environment, NO_KEYS);
}

async function problemsOf(content: string | Uint8Array): Promise<string[]> {
  const error = await read(content).then(
    () => undefined,
    (thrown: PhalanxError) => thrown,
  );
  if (error === undefined) throw new Error("there was nothing wrong");
  return error.problems.length > 0 ? error.problems.map(lineOf) : [error.message];
}

describe("a static secrets file", () => {
  test("keeps the order of its registries, whatever their names look like", async () => {
    const credentials = "{username: u, password: p}";
    const { staticSecrets } = await read(
      `pull-secret:\n  registries:\n    "10": ${credentials}\n    b: ${credentials}\n    "9": ${credentials}\n    __proto__: ${credentials}\n`,
    );
    expect([...staticSecrets.registries.keys()]).toEqual(["10", "b", "9", "__proto__"]);
  });

  test("may use any name for anything", async () => {
    const { staticSecrets } = await read(
      "applications:\n  __proto__: {__proto__: {value: x}, constructor: {value: y}}\noidc-clients:\n  __proto__: {id: i, secret: s, return_uri: r}\n",
    );
    const application = staticSecrets.applications.get("__proto__");
    expect([...(application ?? [])].map(([key, value]) => [key, value.reveal()])).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
    expect(staticSecrets.oidcClients.get("__proto__")).toMatchObject({ id: "i", returnUri: "r" });
  });

  test("may be null where the original takes that", async () => {
    const { staticSecrets } = await read(
      "applications: {a: {b: {description: null, warning: null, value: null}}}\npull-secret: null\nvault-write-token: null\n",
    );
    expect(staticSecrets).toMatchObject({ registries: new Map(), vaultWriteToken: undefined });
  });

  test("has every problem reported", async () => {
    expect(
      await problemsOf(
        "applications: {a: null, b: {c: {__proto__: x}}}\noidc-clients: null\npull_secret: {descr: x, registries: {h: {username: 5}, i: 1}}\nvault-write-token: 5\n__proto__: 1\n",
      ),
    ).toEqual([
      'f.yaml:1:19: "a" is null; it must be a mapping',
      "f.yaml:1:33: b/c: unknown field",
      'f.yaml:2:15: "oidc-clients" is null; it must be a mapping',
      "f.yaml:3:15: unknown field",
      'f.yaml:3:38: "password" is missing',
      'f.yaml:3:52: "username" is a number; it must be a string',
      'f.yaml:3:59: "i" is a number; it must be a mapping',
      'f.yaml:4:20: "vault-write-token" is a number; it must be a string',
      "f.yaml:5:1: unknown field",
    ]);
    expect(await problemsOf("applications: {a: {b: {value: 5}}}\npull-secret: x\n")).toEqual([
      'f.yaml:1:31: a/b: "value" is a number; it must be a string',
      'f.yaml:2:14: "pull-secret" is a string; it must be a mapping',
    ]);
  });

  test("may not use both spellings of a name", async () => {
    expect(await problemsOf("oidc_clients: {}\noidc-clients: {}\n")).toEqual([
      'f.yaml:1:1: "oidc_clients" and "oidc-clients" are the same field, and both are set',
    ]);
  });

  test("must be UTF-8, with or without a byte order mark", async () => {
    const latin1 = Buffer.from("vault-write-token: gr\u00fcn\n", "latin1");
    expect(await problemsOf(latin1)).toEqual(["f.yaml: is not UTF-8"]);
    const { staticSecrets } = await read("\uFEFFvault-write-token: grün\n");
    expect(staticSecrets.vaultWriteToken?.reveal()).toBe("grün");
  });

  test("has keys that are no strings pointed out", async () => {
    const { warnings } = await read("applications:\n  a:\n    on: {value: x}\n");
    expect(warnings.map(lineOf)[0]).toBe(
      'f.yaml:3:5: the key is a boolean, read as "true"; to keep that name, write "true" in quotes',
    );
  });
});

test("no value is another text than the one that was written, in whatever encoding", async () => {
  const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
    "UTF-8": (text) => Buffer.from(text),
    "UTF-8 with a mark": (text) => Buffer.from(`\uFEFF${text}`),
    "UTF-16": (text) => Buffer.from(`\uFEFF${text}`, "utf16le"),
    "UTF-16, the other way round": (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16(),
    "UTF-16 without a mark": (text) => Buffer.from(text, "utf16le"),
    "Latin-1": (text) => Buffer.from(text, "latin1"),
  };
  const western = fc.string({ unit: fc.integer({ min: 0xa0, max: 0xff }).map((code) => String.fromCharCode(code)) });
  const text = fc.oneof(fc.string({ unit: "grapheme-composite" }), western);
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom(...Object.keys(encodings)), async (value, encoding) => {
      // Characters that YAML treats as line breaks, or does not accept literally.
      const quoted = JSON.stringify(value).replaceAll(
        /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      const file = `vault-write-token: ${quoted}\n`;
      const bytes = encodings[encoding]?.(file) ?? Buffer.of();
      // Some Latin-1 text is also valid UTF-8; they cannot be told apart, and such values do not occur in practice.
      fc.pre(
        encoding !== "Latin-1" ||
          (bytes.toString("latin1") === file && isUtf8(bytes) === (bytes.length === Buffer.byteLength(file))),
      );
      const token = await read(bytes).then(
        ({ staticSecrets }) => staticSecrets.vaultWriteToken?.reveal() ?? "",
        () => undefined,
      );
      const isAsWritten = encoding.startsWith("UTF-8") || bytes.equals(Buffer.from(file));
      expect(token).toBe(isAsWritten ? value : undefined);
    }),
    fuzz(200),
  );
});
