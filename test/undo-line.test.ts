import { execFile } from "node:child_process";
import { copyFile, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BIN, type Finished, phalanx } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";
import { startVault, type TestVault } from "./support/vault.js";

const FILE = "applications: {app: {s: {value: from the file}}}\n";
const SPACED = "it's ours.yaml";

let vault: TestVault;
let tree: TestTree;
let kv: Kv;
let env: Record<string, string>;

beforeAll(async () => {
  vault = await startVault();
  tree = await makeTree({
    ...environmentFiles(vault.url, { app: { secrets: "s: {description: x}\n" } }),
    "static.yaml": FILE,
    "none.yaml": "applications: {}\n",
  });
  await copyFile(`${tree.root}/static.yaml`, `${tree.root}/${SPACED}`);
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
  env = { PATH: process.env["PATH"] ?? "", VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${tree.root}/state` };
});
beforeEach(async () => {
  await kv.call("DELETE", "secret/metadata/phalanx/test/app");
  await kv.put("app", { s: "old" });
});
afterAll(() => Promise.all([vault.close(), tree.remove()]));

const run = (words: readonly string[], input = ""): Promise<Finished> => phalanx(words, { cwd: tree.root, env, input });

/** What a run prints as the line that takes it back. */
async function undoOf(words: readonly string[], input = ""): Promise<string> {
  const { stderr } = await run(words, input);
  const [, line = ""] = /^To undo this: (.+)$/m.exec(stderr) ?? [];
  return line;
}

/** As somebody pastes it into a shell. */
function pasted(line: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const command = line.replace(/^phalanx/, `${process.execPath} ${BIN}`);
  return promisify(execFile)("sh", ["-c", command], { cwd: tree.root, env });
}

describe("the line that takes a run back", () => {
  test.each(["static.yaml", SPACED])("has the file that the run was given, to be pasted: %s", async (file) => {
    const undo = await undoOf(["secrets", "sync", "test", "--secrets", "none.yaml", "--secrets", file]);
    expect(undo).toMatch(/^phalanx secrets restore test --run \S+ --secrets none\.yaml --secrets \S/);
    const { stderr } = await pasted(`${undo} --yes`);
    expect(stderr).toContain("the next sync would change this again: app/s");
    expect(await kv.get("app")).toEqual({ s: "old" });
    // What is taken back can be taken back in the same way.
    expect(stderr).toContain(undo.slice(undo.indexOf(" --secrets")));
  });

  test("still takes it back where the file is gone, and says what is not known", async () => {
    await copyFile(`${tree.root}/static.yaml`, `${tree.root}/passing.yaml`);
    const undo = await undoOf(["secrets", "sync", "test", "--secrets", "passing.yaml"]);
    await rm(`${tree.root}/passing.yaml`);
    const { stderr } = await pasted(`${undo} --yes`);
    expect(stderr).toContain(
      "Warning: it is unknown whether the next sync would change static secrets again: passing.yaml does not exist",
    );
    expect(await kv.get("app")).toEqual({ s: "old" });
  });

  test("has it after a plan file, too, and for programs", async () => {
    await run(["secrets", "plan", "test", "--secrets", "static.yaml", "-o", "kept.plan"]);
    const words = ["secrets", "sync", "test", "--plan", "kept.plan", "--secrets", "static.yaml"];
    const { stdout } = await run([...words, "--json", "--yes"]);
    const { result } = JSON.parse(stdout) as { result: { undo: { command: string } } };
    expect(result.undo.command).toMatch(/ --secrets static\.yaml$/);
  });

  test("names nothing that will not be there any more: standard input", async () => {
    const undo = await undoOf(["secrets", "sync", "test", "--secrets", "-"], FILE);
    expect(undo).toMatch(/^phalanx secrets restore test --run \S+$/);
  });

  test("nor a pipe", async () => {
    const script = `exec ${process.execPath} ${BIN} secrets sync test --secrets <(cat static.yaml)`;
    const { stderr } = await promisify(execFile)("bash", ["-c", script], { cwd: tree.root, env });
    expect(stderr).toMatch(/^To undo this: phalanx secrets restore test --run \S+$/m);
  });
});
