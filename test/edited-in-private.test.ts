import { once } from "node:events";
import { chmod, chown, cp, mkdir, readdir, readFile, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Finished, phalanx, phalanxProcess, ROOT, startPhalanx } from "./support/cli.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const OTHER = 12_345;
const FIXTURES = `${ROOT}test/fixtures/encrypted`;
const ARGS = ["secrets", "edit", "test", "to-one.age", "--identity", `${FIXTURES}/identity.txt`];
let tree: TestTree;
let at: (name: string) => string;

beforeEach(async () => {
  tree = await makeTree(environmentFiles("http://127.0.0.1:1", { app: { secrets: "p: {description: x}\n" } }));
  const root = await realpath(tree.root);
  at = (name) => join(root, name);
  await cp(`${FIXTURES}/to-one.age`, at("to-one.age"));
  for (const name of ["runtime", "temporary"]) await mkdir(at(name), { mode: 0o700 });
});
afterEach(() => tree.remove());

async function envOf(script: string): Promise<Record<string, string>> {
  await writeFile(at("editor"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { EDITOR: at("editor"), XDG_RUNTIME_DIR: at("runtime"), TMPDIR: at("temporary"), HOME: at("") };
}
const edit = async (script: string, env: Record<string, string> = {}): Promise<Finished> =>
  phalanx(ARGS, { cwd: tree.root, env: { ...(await envOf(script)), ...env } });
const returnedAtOnce = (): string =>
  `The editor ${at("editor")} exited immediately without changing anything\n    If it opens its own window, make it wait until that is closed, for example with EDITOR='code --wait'.\n`;
const NOTE = 'printf %s "$1" > where';
const whereItWas = (): Promise<string> => readFile(at("where"), "utf8").catch(() => "nowhere");

describe("what is edited is put where nobody else can exchange it", () => {
  const others: [string, (path: string) => Promise<void>][] = [
    ["that everybody may write to", (path) => chmod(path, 0o777)],
    ["that a group may write to", (path) => chmod(path, 0o770)],
  ];
  if (process.getuid?.() === 0) others.push(["of another user", (path) => chown(path, OTHER, OTHER)]);

  test.each(others)("not into a directory %s", async (_, change) => {
    await change(at("runtime"));
    const elsewhere = await edit(NOTE);
    expect([elsewhere.exit, await whereItWas()]).toEqual([0, expect.stringContaining(at("temporary/"))]);
    expect(elsewhere.stderr).toBe(
      `Warning: XDG_RUNTIME_DIR is not used, because others can change ${at("runtime")}; the file is in ${at("temporary")}\n${returnedAtOnce()}`,
    );
    await writeFile(at("where"), "nowhere");
    await change(at("temporary"));
    expect(await edit(NOTE)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(
        `Error: Other users can change ${at("temporary")}, and could read the file while you edit it\nHint: Set TMPDIR to a directory of your own, such as one in memory.\n`,
      ),
    });
    expect(await whereItWas()).toBe("nowhere");
  });

  test("nor below one, whoever owns what is in it", async () => {
    await chmod(at(""), 0o777);
    expect((await edit(NOTE)).exit).toBe(2);
    expect(await whereItWas()).toBe("nowhere");
  });

  test("and no directory, or one that nothing can be written to, is an error of the operator's", async () => {
    await writeFile(at("file"), "");
    const env = { ...(await envOf("true")), XDG_RUNTIME_DIR: "" };
    for (const [place, code] of [
      ["/nonexistent", "ENOENT"],
      [at("file"), "ENOTDIR"],
      ["/proc/self", "ENOENT"],
    ] as const) {
      expect(await phalanxProcess(ARGS, { cwd: tree.root, env: { ...env, TMPDIR: place } })).toEqual({
        exit: 2,
        stdout: "",
        stderr: `Error: Cannot write to ${place} (${code}), where the file would be edited\nHint: Set XDG_RUNTIME_DIR to a directory of your own, such as one in memory.\n`,
      });
    }
  });
});

describe("what the editor left in the place of its file", () => {
  test.each([
    ["a link", 'rm "$1"; ln -s "$HOME/precious" "$1"', "it is a link"],
    ["a pipe", 'rm "$1"; mkfifo "$1"', "it is not a regular file"],
    ["a directory", 'rm "$1"; mkdir "$1"', "it is a directory"],
  ])("is not followed, waited for or read if it is %s", async (_, script, problem) => {
    await writeFile(at("precious"), "applications: {}\n");
    const before = await readFile(at("to-one.age"));
    expect(await edit(script)).toEqual({
      exit: 2,
      stdout: "",
      stderr: `Error: The file in its private directory cannot be read (${problem}): nothing was written\n`,
    });
    expect(await readFile(at("to-one.age"))).toEqual(before);
    expect(await readdir(at("runtime"))).toEqual([]);
  });

  test("is neither read nor removed if its directory is another one", async () => {
    const script = 'd=$(dirname "$1"); mv "$d" "$HOME/moved"; mkdir "$d"; echo "applications: {}" > "$1"';
    expect(await edit(script)).toMatchObject({ exit: 2, stderr: expect.stringContaining("is gone from") });
    expect(await readdir(at("runtime"))).toEqual([expect.stringMatching(/^phalanx-edit-/)]);
  });
});

test("an editor sees the operator's variables, and no credential", async () => {
  const credentials = {
    VAULT_TOKEN: "t",
    OP_CONNECT_TOKEN: "t",
    SOPS_AGE_KEY: "t",
    PHALANX_FINGERPRINT_KEY: "t",
    GITHUB_TOKEN: "t",
    AWS_SECRET_ACCESS_KEY: "t",
    DB_PASSWORD: "t",
    https_proxy: "http://u:p@proxy.example.org",
  };
  expect((await edit('env > "$HOME/env"', { ...credentials, TERM: "xterm", LANG: "C.UTF-8" })).exit).toBe(0);
  const seen = (await readFile(at("env"), "utf8")).split("\n").map((line) => line.split("=")[0]);
  expect(seen).toEqual(expect.arrayContaining(["EDITOR", "HOME", "LANG", "PATH", "TERM", "TMPDIR"]));
  for (const name of Object.keys(credentials)) expect(seen).not.toContain(name);
});

test("what an edit that was killed has left is named by the next one, and what is still edited is not", async () => {
  const env = await envOf("echo ready; exec sleep 9 >/dev/null 2>&1");
  const child = startPhalanx(ARGS, { cwd: tree.root, env });
  await once(child.stdout, "data");
  expect((await edit("true")).stderr).toBe(returnedAtOnce());
  child.kill("SIGKILL");
  await once(child, "close");
  const [left = ""] = await readdir(at("runtime"));
  const path = at(`runtime/${left}`);
  expect((await edit("true")).stderr).toBe(
    `Warning: an edit that was killed left values in ${path}. To remove them: rm -r ${path}\n${returnedAtOnce()}`,
  );
});
