import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { phalanxHere } from "./support/cli.js";
import { counter, fuzz, patience } from "./support/fuzz.js";
import { names, yamlOf } from "./support/hostile-text.js";
import { openKv, type Kv } from "./support/kv.js";
import { type Proxy, startProxy } from "./support/proxy.js";
import { makeTree, type TestTree } from "./support/tree.js";

let vault: TestVault;
let proxy: Proxy;
let tree: TestTree;
let kv: Kv;
const inputs = counter("names and values");

beforeEach(async () => {
  vault = await startVault();
  proxy = await startProxy(vault.url, () => "pass");
  tree = await makeTree({ "environments/values.yaml": "applications: {}\n", "applications/.keep": "" });
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
});
afterEach(async () => {
  await proxy.close();
  await vault.close();
  await tree.remove();
});
afterAll(inputs.report);

/** What a file of a tree can be called here. */
const isFileName = (name: string): boolean =>
  /^[^/\0]+$/.test(name) && !/^\.\.?$/.test(name) && name.isWellFormed() && Buffer.byteLength(name) <= 255;

async function configure(application: string, secrets: string, values: unknown): Promise<void> {
  const enabled = JSON.stringify({ [application]: true });
  await tree.write(
    "environments/values-test.yaml",
    `vaultUrl: ${proxy.url}\nvaultPathPrefix: secret/phalanx/test\napplications: ${enabled}\n`,
  );
  await tree.write("static.yaml", yamlOf(values));
  if (!isFileName(application)) return;
  await mkdir(join(tree.root, "applications", application), { recursive: true });
  await tree.write(`applications/${application}/Chart.yaml`, "name: x\n");
  await tree.write(`applications/${application}/secrets.yaml`, secrets);
}

const run = (...args: string[]) =>
  phalanxHere(args, {
    cwd: tree.root,
    env: { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${tree.root}/state`, HOME: tree.root },
  });

describe("any name of an application and a key", () => {
  test("is written as it is or refused, and never leads out of the prefix", { timeout: patience(20_000) }, async () => {
    await fc.assert(
      fc.asyncProperty(names, names, async (application, key) => {
        inputs.count();
        const sent = proxy.requests.length;
        await configure(application, `${JSON.stringify(key)}: {description: x}\n`, {
          applications: { [application]: { [key]: { value: "v" } } },
        });
        const synced = await run("secrets", "sync", "test", "--secrets", "static.yaml");
        for (const { exit, stderr } of [
          synced,
          await run("secrets", "audit", "test", "--secrets", "static.yaml"),
          await run("secrets", "history", "test"),
          await run("secrets", "list", "test"),
        ]) {
          expect([0, 1, 2]).toContain(exit);
          expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        }
        if (synced.exit === 0) expect(new Map(Object.entries((await kv.get(application)) ?? {})).get(key)).toBe("v");
        // What is kept would be read by each run that follows.
        if (synced.exit === 0)
          await kv.call("DELETE", `secret/metadata/phalanx/test/${encodeURIComponent(application)}`);
        for (const { path } of proxy.requests.slice(sent)) {
          const [way = ""] = path.split("?");
          expect(new URL(`http://x/${way}`).pathname).toBe(`/${way}`);
          if (!/^(sys|auth)\//.test(way)) expect(way).toMatch(/^secret\/[a-z]+\/phalanx\/test\/[^/]*$/);
        }
      }),
      fuzz(10),
    );
  });
});

const MEGABYTE = "0123456789abcdef".repeat(65_536);
const values = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.constantFrom("", " ", "\n", "\0", "null", "true", "5", "{}", "\uFEFF", "\u2028", MEGABYTE),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("base64")) },
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 50 }) },
);

describe("any value", () => {
  test("is in Vault what it is in the file", { timeout: patience(20_000) }, async () => {
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        inputs.count();
        await configure("valued", "k: {description: x}\n", { applications: { valued: { k: { value } } } });
        await kv.put("valued", { k: "before" });
        const { exit, stderr } = await run("secrets", "sync", "test", "--secrets", "static.yaml");
        expect({ exit, stderr }).toMatchObject({ exit: 0 });
        // An empty value counts as none, so that Vault keeps what it holds.
        expect(await kv.get("valued")).toEqual({ k: value === "" ? "before" : value });
        expect(await run("secrets", "audit", "test", "--secrets", "static.yaml")).toMatchObject({
          exit: expect.any(Number),
        });
      }),
      fuzz(15),
    );
  });
});
