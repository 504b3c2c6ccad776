import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { loadEnvironment } from "../src/config/environment.js";
import { PhalanxError } from "../src/errors.js";
import { hintOf } from "../src/render/diagnostic.js";
import { counter, fuzz, patience } from "./support/fuzz.js";
import { names, yamlOf } from "./support/hostile-text.js";
import { lint, memoryTree, smallTree } from "./support/lint.js";
import { worldsForEach } from "./support/world.js";

/** Keys that Kubernetes refuses, and prefixes that are none: told with what to do, and nothing else is touched. */
const inputs = counter("keys and prefixes");
afterAll(inputs.report);
const open = worldsForEach();

/** As `kubectl create secret` says it. */
const isKubernetesKey = (key: string): boolean =>
  /^[-._a-zA-Z0-9]{1,253}$/.test(key) && key !== "." && !key.startsWith("..");

const keys: fc.Arbitrary<string> = fc
  .oneof(
    names,
    fc.constantFrom(
      "my key",
      "x:y",
      "/etc/tls.crt",
      "tls.crt",
      "...",
      "..a",
      ".a",
      "-",
      "_",
      "k".repeat(253),
      "k".repeat(254),
    ),
    fc.string({ unit: fc.constantFrom(..."aZ0-_. :/é"), minLength: 1, maxLength: 8 }),
  )
  // No file can say it: in YAML, half of a surrogate pair is no text.
  .filter((key) => key.isWellFormed());

const declared = (all: readonly string[]): string =>
  all.map((key) => `${yamlOf(key)}: {description: x, value: v}\n`).join("");

describe("any key", () => {
  test("is loaded, and an error of lint exactly if Kubernetes refuses it", { timeout: patience(10_000) }, () => {
    fc.assert(
      fc.property(keys, (key) => {
        inputs.count();
        const files = smallTree({ a: { "secrets.yaml": declared([key]) } });
        const { environment } = loadEnvironment(memoryTree(files), "one");
        expect([...(environment.applications.get("a")?.secrets.keys() ?? [])]).toEqual([key]);
        const found = lint(files).findings.filter(({ severity }) => severity === "error");
        expect(found.map(({ rule }) => rule)).toEqual(isKubernetesKey(key) ? [] : ["kubernetes-key"]);
      }),
      fuzz(150),
    );
  });

  test("is written as it is, with a warning if Kubernetes refuses it", { timeout: patience(20_000) }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(keys, { minLength: 1, maxLength: 12 }), async (all) => {
        inputs.count();
        const world = await open({ app: { secrets: declared(all) } });
        const refused = all.filter((key) => !isKubernetesKey(key));
        for (const command of ["audit", "sync"]) {
          const { stderr } = await world.run(["secrets", command, "test"]);
          expect(stderr.match(/is not a valid key of a Kubernetes Secret/g) ?? []).toHaveLength(refused.length);
          expect(stderr).not.toMatch(/^ {2,}at /m);
        }
        expect(new Set(Object.keys((await world.kv.get("app")) ?? {}))).toEqual(new Set(all));
      }),
      fuzz(3),
    );
  });
});

const COMPONENTS = [
  "secret",
  "phalanx",
  "data",
  "metadata",
  "v1",
  "a b",
  "",
  " ",
  ".",
  "..",
  "é",
  "%2e",
  "sys",
  "-x",
  "x.",
  "_",
  "*",
  "n".repeat(130),
];
const prefixes: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...COMPONENTS), { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/")),
  fc
    .array(fc.constantFrom("/", "//", " ", "secret", "data", "x", "\t", "\\"), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join("")),
);

/** The grammar of docs/how-to/first-install.md. */
function isPrefix(text: string): boolean {
  const parts = text.split("/");
  const isName = (part: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(part) && !/\.\.|\.$/.test(part);
  return text.length <= 253 && parts.length > 1 && parts.every(isName);
}

const withPrefix = (prefix: string): Record<string, string> =>
  smallTree(
    { a: {} },
    {
      "environments/values-one.yaml": `vaultUrl: https://vault.example.org\nvaultPathPrefix: ${yamlOf(prefix)}\napplications: {a: true}\n`,
    },
  );

function loads(prefix: string): boolean {
  try {
    loadEnvironment(memoryTree(withPrefix(prefix)), "one");
    return true;
  } catch (error) {
    if (error instanceof PhalanxError) return false;
    throw error;
  }
}

describe("any prefix", () => {
  test("is taken or refused by one grammar, and what is said to write instead is taken", {
    timeout: patience(10_000),
  }, () => {
    fc.assert(
      fc.property(prefixes, (prefix) => {
        inputs.count();
        expect({ prefix, loads: loads(prefix) }).toEqual({ prefix, loads: isPrefix(prefix) });
        const { findings } = lint(withPrefix(prefix));
        const found = findings.find(({ rule }) => rule === "settings" || rule === "api-path-prefix");
        if (!isPrefix(prefix)) expect(found?.severity).toBe("error");
        // That it is missing says all that there is to do.
        if (found === undefined || prefix === "") return;
        const hint = hintOf(found.diagnostic) ?? "";
        expect(hint).not.toBe("");
        const [, meant] = /Write (?:vaultPathPrefix: )?(\S+)\./.exec(hint) ?? [];
        if (meant !== undefined && !meant.startsWith("MOUNT")) expect([meant, isPrefix(meant)]).toEqual([meant, true]);
      }),
      fuzz(200),
    );
  });

  test("of no use is asked for nowhere", { timeout: patience(10_000) }, async () => {
    const world = await open({ app: { secrets: "p: {description: x, generate: {type: password}}\n" } });
    await fc.assert(
      fc.asyncProperty(prefixes, async (prefix) => {
        inputs.count();
        const before = world.proxy.requests.length;
        await world.tree.write(
          "environments/values-test.yaml",
          `vaultUrl: ${world.proxy.url}\nvaultPathPrefix: ${yamlOf(prefix)}\napplications: {app: true}\n`,
        );
        const { exit, stderr } = await world.run(["secrets", "sync", "test", "--delete", "--yes"]);
        const asked = world.proxy.requests.slice(before).map(({ path }) => path);
        expect(stderr).not.toMatch(/^ {2,}at /m);
        if (!isPrefix(prefix)) expect({ prefix, exit, asked }).toEqual({ prefix, exit: 2, asked: [] });
      }),
      fuzz(20),
    );
  });
});
