import { execFile } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Environment } from "../src/model/environment.js";
import { SecretValue } from "../src/model/secret-value.js";
import type { StaticSecrets } from "../src/model/static-secrets.js";
import { collectProblems } from "../src/problems.js";
import { renderStaticSecrets } from "../src/render/static-secrets.js";
import { readMapping } from "../src/yaml/mapping-file.js";

const TRICKY = [
  ..."yes no on off y n true Null ~ = << - --- ... ? : , [ ] { } # & * ! | > ' \" % @ `".split(" "),
  ..."017 0o17 0x1F 0b11 1_000 1e3 1.0e+3 .5 1. .inf .NaN 1:30 190:20:30.15 +12 08 2024-01-01".split(" "),
  "2024-01-01T00:00:00Z",
  " leading",
  "trailing ",
  "\tx",
  "a\nb",
  "a\nb\n",
  "\n\na\n\n\n",
  "  indented\nfirst\n",
  "a: b",
  "a #b",
  "--- x\n...\n",
  "a\r\nb\r",
  "é中文😀",
  "\u0000\u0007\u001b\u007f\u0085\u00a0\u2028\u2029\ufeff\ufffe",
  `${"long ".repeat(60)}\n${"long ".repeat(60)}`,
  '{"private_key": "-----BEGIN\\n"}',
];

type Values = ReadonlyMap<string, string>;

function toEnvironment(keys: Iterable<string>): Environment {
  const secrets = [...keys].map(
    (key) => [key, { application: "a", key, kind: "static", description: "x", encoded: false }] as const,
  );
  return {
    name: "test",
    vault: { url: "http://127.0.0.1:1", mount: "secret", path: "test" },
    onepassword: undefined,
    applications: new Map([["a", { name: "a", secrets: new Map(secrets), notRequired: new Map() }]]),
    disabled: new Set(),
    siblings: () => [],
  };
}

function rendered(values: Values): string {
  const secrets: StaticSecrets = {
    origin: "onepassword",
    applications: new Map([["a", new Map([...values].map(([key, value]) => [key, new SecretValue(value)]))]]),
    oidcClients: new Map([...values].map(([name, id]) => [name, { id, secret: new SecretValue(id), returnUri: id }])),
    registries: new Map(
      [...values].map(([host, username]) => [host, { username, password: new SecretValue(username) }]),
    ),
    vaultWriteToken: undefined,
  };
  return renderStaticSecrets(toEnvironment(values.keys()), secrets);
}

/** What our own reader, which reads as PyYAML does, makes of it. */
function readBack(text: string): { values: [string, unknown][]; hosts: readonly string[] } {
  const problems = collectProblems();
  const file = readMapping(text, () => "f.yaml", problems);
  expect(problems.found).toEqual([]);
  if (file === undefined) throw new Error("the file is broken");
  const { applications } = file.value as unknown as { applications: { a: Record<string, { value: unknown }> } };
  return {
    values: file.keys(["applications", "a"]).map((key) => [key, applications.a[key]?.value]),
    hosts: file.keys(["pull-secret", "registries"]),
  };
}

/** What PyYAML itself makes of it: the registries, which are in the order of the source; undefined without PyYAML. */
function readByPython(text: string): Promise<[string, string][] | undefined> {
  const program =
    "import json, sys, yaml; d = yaml.safe_load(sys.stdin.buffer.read()); " +
    "print(json.dumps([[h, r['username']] for h, r in d['pull-secret']['registries'].items()]))";
  return new Promise((done, fail) => {
    const child = execFile("python3", ["-c", program], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error === null) return done(JSON.parse(stdout) as [string, string][]);
      if (error.code === "ENOENT" || stderr.includes("No module named 'yaml'")) return done(undefined);
      fail(error);
    });
    child.stdin?.on("error", () => undefined).end(text);
  });
}

const tricky: Values = new Map([
  ...TRICKY.map((text, i) => [`k${i}`, text] as const),
  ...TRICKY.map((t) => [t, t] as const),
]);
const ORDER = new Map(["10", "b", "9", "a", "__proto__"].map((host) => [host, "u"]));

describe("the static secrets file that is made from 1Password", () => {
  test("is read back as exactly the same strings", () => {
    expect(readBack(rendered(tricky)).values).toEqual([...tricky]);
  });

  test("is read back the same whatever the strings are", () => {
    const text = fc.string({ unit: "binary", maxLength: 20 });
    fc.assert(
      fc.property(fc.uniqueArray(text, { minLength: 1, maxLength: 5 }), text, (keys, value) => {
        const values = new Map(keys.map((key) => [key, value]));
        expect(readBack(rendered(values)).values).toEqual([...values]);
      }),
      { numRuns: 300 },
    );
  });

  test("keeps the order of the registries", () => {
    expect(readBack(rendered(ORDER)).hosts).toEqual([...ORDER.keys()]);
  });

  test("is read the same by PyYAML", async (context) => {
    const random = fc.sample(fc.string({ unit: "binary", maxLength: 20 }), { numRuns: 300, seed: 1 });
    const values = new Map([...ORDER, ...tricky, ...random.map((text) => [text, text] as const)]);
    const read = await readByPython(rendered(values));
    if (read === undefined) return context.skip("no python3 with PyYAML here");
    expect(read).toEqual([...values]);
  });
});
