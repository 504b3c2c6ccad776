import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { type Finished, phalanx } from "./support/cli.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const APP = { app: { secrets: "p: {description: x, generate: {type: password}}\n" } };
let vault: DevVault;
let tree: TestTree;
const env = (): Record<string, string> => ({ VAULT_TOKEN: vault.rootToken, HOME: tree.root });
const run = (...args: string[]): Promise<Finished> => phalanx(args, { cwd: tree.root, env: env() });

beforeAll(async () => {
  vault = await startDevVault();
});
afterAll(() => vault.close());
beforeEach(async () => {
  tree = await makeTree(environmentFiles(vault.url, APP));
});
afterEach(() => tree.remove());

test("secrets schema -o writes over no file that is there, and through no link", async () => {
  await tree.write("precious", "years of work");
  await symlink("precious", join(tree.root, "link"));
  expect((await run("secrets", "schema", "-o", "link")).exit).toBe(2);
  expect(await readFile(join(tree.root, "precious"), "utf8")).toBe("years of work");
});

test("a rotation that was interrupted is not gone on with in another place of the same name", async () => {
  expect((await run("secrets", "sync", "test")).exit).toBe(0);
  await tree.write(
    ".local/state/phalanx/test.pending.json",
    JSON.stringify({
      format: "phalanx-pending-run",
      version: 1,
      environment: "test",
      command: "rotate",
      run: "20260101T000000Z-000000",
      created: "2026-01-01T00:00:00.000Z",
      keys: ["app/p"],
      // Of secret/phalanx/test: that of another clone, whose environment has the same name.
      planned: { app: 1 },
    }),
  );
  await tree.write(
    "environments/values-test.yaml",
    `vaultUrl: ${vault.url}\nvaultPathPrefix: secret/elsewhere/test\napplications: {app: true}\n`,
  );
  expect((await run("secrets", "sync", "test")).exit).toBe(0);
  expect(await run("secrets", "rotate", "test", "--resume", "--yes")).toMatchObject({ exit: 2, stdout: "" });
});
