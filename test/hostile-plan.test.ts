import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { phalanxHere } from "./support/cli.js";
import { changeJson, counter, fuzz, jsonChanges, patience } from "./support/fuzz.js";
import { type Kv, openKv } from "./support/kv.js";
import { type Proxy, startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

let vault: TestVault;
let proxy: Proxy;
let tree: TestTree;
let kv: Kv;
let original: string;
const inputs = counter("plan files and state files");

const run = (...args: string[]) =>
  phalanxHere(["secrets", ...args], {
    cwd: tree.root,
    env: { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${tree.root}/state` },
  });

beforeEach(async () => {
  vault = await startVault();
  proxy = await startProxy(vault.url, () => "pass");
  const secrets = "p: {description: x, generate: {type: password}}\n";
  tree = await makeTree(environmentFiles(proxy.url, { app: { secrets } }));
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
  await kv.put("stranger", { x: "1" });
  await run("plan", "test", "--delete", "--out", "test.plan");
  original = await readFile(join(tree.root, "test.plan"), "utf8");
});
afterEach(async () => {
  await proxy.close();
  await vault.close();
  await tree.remove();
});
afterAll(inputs.report);

/** JSON with sorted keys, as the checksum is made of it. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** Somebody who changes a plan on purpose knows how its checksum is made. */
function resealed(text: string): string {
  try {
    const { checksum: _, ...rest } = JSON.parse(text) as Record<string, unknown>;
    return JSON.stringify({ ...rest, checksum: createHash("sha256").update(canonical(rest)).digest("hex") });
  } catch {
    return text;
  }
}

const PLANNED =
  /^(sys\/capabilities-self|secret\/(data|metadata)\/phalanx\/test\/app|secret\/delete\/phalanx\/test\/stranger|secret\/metadata\/phalanx\/test\/stranger)$/;

/** The same plan as the format before this one had it, which said nothing of mass deletions. */
async function toFirstVersion(path: string): Promise<void> {
  const { options, ...rest } = JSON.parse(await readFile(join(tree.root, path), "utf8"));
  const { allowMassDelete: _, ...others } = options;
  await writeFile(join(tree.root, path), resealed(JSON.stringify({ ...rest, options: others, version: 1 })));
}

test("a plan deletes in bulk only if it says that this was allowed, whatever its format", async () => {
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`key${i}`, "x"]));
  await kv.put("stranger", many);
  const refused = {
    exit: 2,
    stdout: "",
    stderr:
      "Error: This would delete 12 of the 12 keys of test\n" +
      "Hint: The plan does not allow that. If this is what you want, make a new plan: phalanx secrets plan test --delete -o bulk.plan --force --allow-mass-change\n",
  };
  const make = ["plan", "test", "--delete", "--out", "bulk.plan", "--force"];
  await run(...make);
  expect(await run("sync", "test", "--plan", "bulk.plan")).toEqual(refused);
  await run(...make, "--allow-mass-delete");
  await toFirstVersion("bulk.plan");
  expect(await run("sync", "test", "--plan", "bulk.plan")).toEqual(refused);
  expect(await run("sync", "test", "--plan", "bulk.plan", "--allow-mass-delete")).toMatchObject({ exit: 2 });
  expect(await kv.get("stranger")).toEqual(many);
  expect(proxy.requests.filter(({ method }) => method === "POST")).toEqual([]);
  await run(...make, "--allow-mass-delete");
  expect((await run("sync", "test", "--plan", "bulk.plan")).stdout).toContain("Deleted Vault secret for stranger\n");
});

test("a plan of the first format that deletes a few keys is applied as before", async () => {
  await toFirstVersion("test.plan");
  expect((await run("sync", "test", "--plan", "test.plan")).stdout).toContain("Deleted Vault secret for stranger\n");
});

test("a plan file that was changed writes nothing that was not planned", { timeout: patience(20_000) }, async () => {
  await fc.assert(
    fc.asyncProperty(jsonChanges, fc.boolean(), async (change, reseal) => {
      inputs.count();
      const text = changeJson(original, change);
      const sent = proxy.requests.length;
      await writeFile(join(tree.root, "changed.plan"), reseal ? resealed(text) : text);
      const { exit, stdout, stderr } = await run("sync", "test", "--plan", "changed.plan");
      expect([0, 2]).toContain(exit);
      if (exit === 2)
        expect({ stdout, stderr }).toMatchObject({ stdout: "", stderr: expect.stringMatching(/^Error: /m) as string });
      // At the most it does what was planned: whatever the file says is computed again and compared.
      const written = proxy.requests.slice(sent).filter(({ method }) => method !== "GET" && method !== "LIST");
      for (const { path } of written) expect(path).toMatch(exit === 0 ? PLANNED : /^sys\/capabilities-self$/);
      if (exit === 0) {
        await kv.call("DELETE", "secret/metadata/phalanx/test/app");
        await kv.call("DELETE", "secret/metadata/phalanx/test/stranger");
        await kv.put("stranger", { x: "1" });
        await run("plan", "test", "--delete", "--out", "test.plan", "--force");
        original = await readFile(join(tree.root, "test.plan"), "utf8");
      }
    }),
    fuzz(30),
  );
});

test("a state file that was changed is damaged, or of secrets that are asked for", {
  timeout: patience(20_000),
}, async () => {
  const pending = {
    format: "phalanx-pending-run",
    version: 1,
    environment: "test",
    command: "rotate",
    run: "20260101T000000Z-123456",
    created: "2026-01-01T00:00:00Z",
    keys: ["app/p"],
    planned: { app: 1 },
  };
  await fc.assert(
    fc.asyncProperty(jsonChanges, async (change) => {
      inputs.count();
      await tree.write("state/phalanx/test.pending.json", changeJson(JSON.stringify(pending), change));
      const sent = proxy.requests.length;
      const { exit, stderr } = await run("rotate", "test", "--resume", "--yes");
      expect([0, 1, 2]).toContain(exit);
      if (exit !== 0) expect(stderr).toMatch(/^Error: .+$/m);
      for (const { method, path } of proxy.requests.slice(sent))
        if (method === "POST")
          expect(path).toMatch(/^(secret\/(data|metadata)\/phalanx\/test\/app|sys\/capabilities-self)$/);
    }),
    fuzz(20),
  );
});
