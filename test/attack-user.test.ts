import { chmod, chown, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { type Finished, phalanx, phalanxProcess, ROOT } from "./support/cli.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const OTHER = 12_345;
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

describe.skipIf(process.getuid?.() !== 0)("another user of this machine", () => {
  test("has the file that is edited put into a directory of theirs", async () => {
    const runtime = join(tree.root, "runtime");
    await mkdir(runtime);
    await chmod(runtime, 0o777);
    await chown(runtime, OTHER, OTHER);
    const editor = join(tree.root, "editor");
    await writeFile(editor, `#!/bin/sh\nprintf %s "$1" > ${tree.root}/where\n`, { mode: 0o755 });
    const fixtures = `${ROOT}test/fixtures/encrypted`;
    await phalanx(["secrets", "edit", "test", `${fixtures}/to-one.age`, "--identity", `${fixtures}/identity.txt`], {
      cwd: tree.root,
      env: { ...env(), EDITOR: editor, XDG_RUNTIME_DIR: runtime },
    });
    expect(await readFile(join(tree.root, "where"), "utf8").catch(() => "")).not.toContain(runtime);
  });
});

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

test("a directory for what is edited that is not there is an error of the operator's, not of the program", async () => {
  const fixtures = `${ROOT}test/fixtures/encrypted`;
  const args = ["secrets", "edit", "test", `${fixtures}/to-one.age`, "--identity", `${fixtures}/identity.txt`];
  const done = await phalanxProcess(args, {
    cwd: tree.root,
    env: { ...env(), EDITOR: "true", TMPDIR: "/nonexistent" },
  });
  expect(done).toMatchObject({ exit: 2, stderr: expect.not.stringContaining("phalanx has a mistake") });
});
