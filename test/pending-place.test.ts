import { execFileSync } from "node:child_process";
import { chown, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { type Finished, phalanx, phalanxProcess } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";
import { type Fate, type Proxy, startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const APPS = {
  app: { secrets: "p: {description: x, generate: {type: password}}\n" },
  late: { secrets: "q: {description: x, generate: {type: password}}\n" },
};
let vault: DevVault;
let proxy: Proxy;
let tree: TestTree;
let kv: Kv;
let fate: Fate;

beforeEach(async () => {
  fate = "pass";
  vault = await startDevVault();
  proxy = await startProxy(vault.url, ({ method, path }) =>
    method === "POST" && path.endsWith("/data/phalanx/test/late") ? fate : "pass",
  );
  tree = await makeTree(environmentFiles(proxy.url, APPS));
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
});
afterEach(() => Promise.all([proxy.close(), vault.close(), tree.remove()]));

const env = (): Record<string, string> => ({ VAULT_TOKEN: vault.rootToken, HOME: tree.root });
const secrets = (...args: string[]): Promise<Finished> => phalanx(["secrets", ...args], { cwd: tree.root, env: env() });
const STATE = ".local/state/phalanx";
const pendingFile = (): string => join(tree.root, STATE, "test.pending.json");

/** A rotation that stops between two applications. */
async function interrupt(): Promise<void> {
  expect((await secrets("sync", "test")).exit).toBe(0);
  fate = { status: 403, body: '{"errors":["1 error occurred:\\n\\t* permission denied\\n\\n"]}' };
  expect((await secrets("rotate", "test", "app/p", "late/q", "--yes")).exit).toBe(1);
  fate = "pass";
}

/** The environment of another configuration, with the same name. */
async function goElsewhere(): Promise<void> {
  const { "environments/values-test.yaml": text = "" } = environmentFiles(proxy.url, APPS);
  await tree.write("environments/values-test.yaml", text.replace("secret/phalanx/test", "secret/elsewhere/test"));
  expect((await secrets("sync", "test")).exit).toBe(0);
}

describe("an interrupted rotation is of one place, not of every environment with its name", () => {
  test("in another place it is neither resumed nor mistaken for a rotation of that place", async () => {
    await interrupt();
    expect((await secrets("audit", "test")).stderr).toContain("was interrupted");
    await goElsewhere();
    expect((await secrets("audit", "test")).stderr).not.toContain("interrupted");
    for (const args of [["--resume"], ["app/p"]]) {
      expect(await secrets("rotate", "test", ...args, "--yes")).toEqual({
        exit: 2,
        stdout: "",
        stderr: expect.stringMatching(
          new RegExp(
            `^Error: A rotation of test from \\S+ \\S+ UTC was interrupted, or is still running, in another place: secret/phalanx/test of ${proxy.url}; here it is secret/elsewhere/test of ${proxy.url}\\n` +
              `Hint: It may have changed some of its secrets and not others\\. Continue it with the configuration of that place \\(phalanx secrets rotate test --resume\\), or undo it there \\(phalanx secrets restore test --run \\S+\\)\\. Only after that, forget it here: rm ${pendingFile()}\\n$`,
          ),
        ),
      });
    }
  });

  test("nor in another namespace, or on another server", async () => {
    await interrupt();
    const namespaced = await phalanx(["secrets", "rotate", "test", "--resume", "--yes"], {
      cwd: tree.root,
      env: { ...env(), VAULT_NAMESPACE: "team" },
    });
    expect(namespaced).toMatchObject({ exit: 2, stderr: expect.stringContaining("(namespace team)\n") });
    expect(await secrets("rotate", "test", "--resume", "--yes", "--vault-address", vault.url)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("in another place"),
    });
  });

  test("state from an older version, which names no place, is resumed only where that run wrote", async () => {
    await interrupt();
    const { vault: _, ...old } = JSON.parse(await readFile(pendingFile(), "utf8")) as Record<string, unknown>;
    await writeFile(pendingFile(), JSON.stringify(old));
    expect((await secrets("audit", "test")).stderr).toContain("was interrupted");
    await goElsewhere();
    expect((await secrets("audit", "test")).stderr).not.toContain("interrupted");
    expect(await secrets("rotate", "test", "--resume", "--yes")).toMatchObject({
      exit: 2,
      stdout: "",
      stderr: `Error: Nothing here was written by the interrupted rotation of test\nHint: To start over, remove its file: rm ${pendingFile()}\n`,
    });
    await tree.write(
      "environments/values-test.yaml",
      environmentFiles(proxy.url, APPS)["environments/values-test.yaml"] ?? "",
    );
    expect(await secrets("rotate", "test", "--resume", "--yes")).toMatchObject({ exit: 0 });
    expect([await kv.version("app"), await kv.version("late")]).toEqual([2, 2]);
  });
});

describe("the state of an interrupted run", () => {
  const others: [string, () => Promise<unknown>, string][] = [
    ["a pipe", () => Promise.resolve(execFileSync("mkfifo", [pendingFile()])), "it is not a regular file"],
    ["a link", () => symlink("/etc/passwd", pendingFile()), "it is a link"],
  ];
  if (process.getuid?.() === 0) {
    const give = async (): Promise<void> => {
      await writeFile(pendingFile(), "{}");
      await chown(pendingFile(), 12_345, 12_345);
    };
    others.push(["a file of another user", give, "it belongs to another user"]);
  }

  test.each(others)("is not read from %s", async (_, make, problem) => {
    await mkdir(join(tree.root, STATE), { recursive: true });
    await make();
    for (const args of [["--resume"], ["app/p"]])
      expect(await secrets("rotate", "test", ...args, "--yes")).toEqual({
        exit: 2,
        stdout: "",
        stderr: `Error: ${pendingFile()} cannot be read (${problem})\nHint: Interrupted runs are kept there. Set XDG_STATE_HOME to a directory of your own.\n`,
      });
  });

  test("is not looked for in the current directory: a relative XDG_STATE_HOME is ignored", async () => {
    await tree.write("phalanx/test.pending.json", "damaged");
    const args = ["secrets", "rotate", "test", "--resume", "--yes"];
    const done = await phalanx(args, { cwd: tree.root, env: { ...env(), XDG_STATE_HOME: "." } });
    expect(done.stderr).toContain("No interrupted rotation of test is recorded on this machine");
  });

  test.each([
    ["a link to nowhere", () => symlink("nowhere", join(tree.root, STATE))],
    ["a file", () => writeFile(join(tree.root, STATE), "")],
  ])("has no place in %s, which is an error before anything is written", async (_, make) => {
    expect((await secrets("sync", "test")).exit).toBe(0);
    await mkdir(join(tree.root, ".local/state"), { recursive: true });
    await make();
    const done = await phalanxProcess(["secrets", "rotate", "test", "app/p", "--yes"], { cwd: tree.root, env: env() });
    expect(done).toMatchObject({
      exit: 2,
      stdout: "",
      stderr: expect.stringMatching(/^Error: .*\nHint: .*XDG_STATE_HOME.*$/m),
    });
    expect(await kv.version("app")).toBe(1);
  });
});
