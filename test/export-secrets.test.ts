import { chmod, chown, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { type Finished, phalanx } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";
import { type Fate, type Proxy, startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

let vault: DevVault;
let proxy: Proxy;
let tree: TestTree;
let kv: Kv;
/** What happens while Vault is read. */
let meanwhile: () => Promise<void>;

const at = (path: string): string => join(tree.root, path);
const exportTo = (directory: string, ...options: readonly string[]): Promise<Finished> =>
  phalanx(["vault", "export-secrets", "test", directory, ...options], {
    cwd: tree.root,
    env: { VAULT_TOKEN: vault.rootToken },
  });
const mode = async (path: string): Promise<number> => (await stat(at(path))).mode & 0o777;

const EXPORTED: Finished = {
  exit: 0,
  stdout: "",
  stderr: "Exported 1 Vault secret from secret/phalanx/test to out, in clear text\n",
};

beforeEach(async () => {
  meanwhile = () => Promise.resolve();
  vault = await startDevVault();
  proxy = await startProxy(vault.url, async ({ path }): Promise<Fate> => {
    if (path.includes("/data/")) await meanwhile();
    return "pass";
  });
  tree = await makeTree(environmentFiles(proxy.url, { app: { secrets: "p: {description: x}\n" } }));
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
  await kv.put("app", { p: "1" });
});
afterEach(() => Promise.all([vault.close(), proxy.close(), tree.remove()]));

describe("a directory in which others may exchange what is exported", () => {
  const others: [string, () => Promise<void>][] = [
    ["everybody may write to it", () => chmod(at("out"), 0o777)],
    ["a group may write to it", () => chmod(at("out"), 0o770)],
  ];
  if (process.getuid?.() === 0) others.push(["it belongs to another user", () => chown(at("out"), 12_345, 12_345)]);

  test.each(others)("gets nothing: %s", async (_, change) => {
    const requests = proxy.requests.length;
    await mkdir(at("out/"));
    await change();
    expect(await exportTo("out")).toEqual({
      exit: 2,
      stdout: "",
      stderr: "Error: Other users can replace files in out\nHint: Use a directory that only you can write to.\n",
    });
    expect([await readdir(at("out")), proxy.requests.length]).toEqual([[], requests]);
  });

  test("gets nothing if it becomes one while Vault is read", async () => {
    await mkdir(at("out/"));
    meanwhile = () => chmod(at("out"), 0o777);
    expect((await exportTo("out")).exit).toBe(2);
    expect(await readdir(at("out"))).toEqual([]);
  });
});

describe("an export removes nothing that it did not make", () => {
  test("what turns up in an empty directory while Vault is read", async () => {
    await mkdir(at("out/"));
    meanwhile = () => writeFile(at("out/thesis.txt"), "years of work");
    const refused = { exit: 2, stdout: "", stderr: expect.stringContaining("Error: out is not empty\n") };
    expect(await exportTo("out")).toMatchObject(refused);
    expect(await readFile(at("out/thesis.txt"), "utf8")).toBe("years of work");
    expect(await readdir(at("out"))).toEqual(["thesis.txt"]);
  });

  test("what turns up where the directory was to be", async () => {
    meanwhile = async () => {
      await mkdir(at("out"), { recursive: true });
      await writeFile(at("out/thesis.txt"), "years of work");
    };
    expect((await exportTo("out")).exit).toBe(2);
    expect(await readdir(at("out"))).toEqual(["thesis.txt"]);
  });

  test("an empty directory stays the one that it was, with what may be done in it, also behind a link", async () => {
    await mkdir(at("real"));
    await chmod(at("real"), 0o750);
    await symlink("real", at("out"));
    const { ino } = await stat(at("real"));
    expect(await exportTo("out")).toEqual(EXPORTED);
    expect((await stat(at("out"))).ino).toBe(ino);
    expect([await mode("real"), await mode("real/app.json")]).toEqual([0o750, 0o600]);
  });

  test("a failure half-way: its own files go, the directory only if it made it", async () => {
    // No file system takes a name as long as that; it comes after app.
    await kv.put("b".repeat(400), { p: "1" });
    const before = await readdir(tree.root);
    expect(await exportTo("new/and/deep")).toMatchObject({ exit: 2, stdout: "" });
    expect(await readdir(tree.root)).toEqual(before);
    await mkdir(at("out/"));
    expect(await exportTo("out")).toMatchObject({ exit: 2, stdout: "" });
    expect(await readdir(at("out"))).toEqual([]);
    expect(await readdir(tree.root)).toEqual([...before, "out"].sort());
  });
});

describe("a directory that holds files", () => {
  const OLD = '{"p": "old"}';

  beforeEach(async () => {
    await mkdir(at("out/"));
    for (const name of ["app.json", "gone.json", "thesis.txt"])
      await writeFile(at(`out/${name}`), OLD, { mode: 0o644 });
  });
  const read = (name: string): Promise<string> => readFile(at(`out/${name}`), "utf8");

  test("is left alone, and --force is pointed at", async () => {
    expect(await exportTo("out")).toEqual({
      exit: 2,
      stdout: "",
      stderr:
        "Error: out is not empty\n" +
        "Hint: Choose a new directory, or use --force: it replaces exports of the same names and keeps the others.\n",
    });
    expect(await read("app.json")).toBe(OLD);
  });

  test("gets what is exported with --force, privately, and keeps what has another name", async () => {
    expect(await exportTo("out", "--force")).toEqual(EXPORTED);
    expect([JSON.parse(await read("app.json")), await read("gone.json"), await read("thesis.txt")]).toEqual([
      { p: "1" },
      OLD,
      OLD,
    ]);
    expect([await mode("out/app.json"), (await readdir(at("out"))).length]).toEqual([0o600, 3]);
  });

  test("gets nothing with --force if others may exchange what is in it", async () => {
    await chmod(at("out"), 0o777);
    expect((await exportTo("out", "--force")).stderr).toContain("Other users can replace files in");
    expect(await read("app.json")).toBe(OLD);
  });

  test("loses nothing if it fails half-way with --force", async () => {
    await kv.put("b".repeat(400), { p: "1" });
    await kv.put("aaa", { p: "1" });
    expect(await exportTo("out", "--force")).toMatchObject({ exit: 2, stdout: "" });
    expect((await readdir(at("out"))).sort()).toEqual(["app.json", "gone.json", "thesis.txt"]);
    expect(JSON.parse(await read("app.json"))).toEqual({ p: "1" });
  });
});

describe("an export says what it did not write", () => {
  test("secrets whose latest version is soft-deleted or destroyed", async () => {
    await kv.put("old", { p: "1" });
    await kv.softDelete("old");
    expect(await exportTo("out")).toEqual({
      ...EXPORTED,
      stderr: `${EXPORTED.stderr.trimEnd()}. Soft-deleted or destroyed, so not exported: old\n`,
    });
    expect(await readdir(at("out"))).toEqual(["app.json"]);
  });

  test("anything at all", async () => {
    await kv.softDelete("app");
    expect((await exportTo("out")).stderr).toBe(
      "Nothing to export: no Vault secret under secret/phalanx/test can be read. Soft-deleted or destroyed, so not exported: app\n",
    );
  });
});
