import { execFile, execFileSync } from "node:child_process";
import { chmod, chown, cp, lstat, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { BIN, type Finished, phalanx, phalanxProcess } from "./support/cli.js";
import { has } from "./support/programs.js";
import { type Fate, type ProxiedRequest, type Proxy, startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const OTHER = 12_345;
const asRoot = process.getuid?.() === 0;
const AS_OTHER = ["--reuid", String(OTHER), "--clear-groups", process.execPath];
let vault: DevVault;
let proxy: Proxy;
let tree: TestTree;
let decide: (request: ProxiedRequest) => Fate | Promise<Fate>;

beforeEach(async () => {
  decide = () => "pass";
  vault = await startDevVault();
  proxy = await startProxy(vault.url, (request) => decide(request));
  tree = await makeTree(environmentFiles(proxy.url, { app: { secrets: "p: {description: x}\n" } }));
});
afterEach(() => Promise.all([proxy.close(), vault.close(), tree.remove()]));

const at = (name: string): string => join(tree.root, name);
const env = (): Record<string, string> => ({ VAULT_TOKEN: vault.rootToken, HOME: tree.root });
const create = (...options: string[]): Promise<Finished> =>
  phalanx(["vault", "create-write-token", "test", ...options], { cwd: tree.root, env: env() });
/** Both commands, in processes of their own, where what hangs ends. */
const commands = [["create-write-token"], ["create-read-approle"]] as const;
const writes = (): unknown[] => proxy.requests.filter(({ method }) => method === "POST" || method === "PUT");

/** The built program, in a line of bash. */
const inBash = (line: string, bin = BIN): Promise<Finished> =>
  new Promise((done) => {
    const create = `"${process.execPath}" "${bin}" vault create-write-token test`;
    execFile(
      "bash",
      ["-c", line.replace("CREATE", create)],
      { cwd: tree.root, env: { PATH: process.env["PATH"] ?? "", ...env() } },
      (error, stdout, stderr) => done({ exit: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

describe("a pipe or a device where a credential is to go", () => {
  test.skipIf(!asRoot).each(commands)("of another user gets nothing, and nothing is made: %s", async (command) => {
    execFileSync("mkfifo", ["-m", "666", at("token")]);
    await chown(at("token"), OTHER, OTHER);
    const theirs = readFile(at("token"), "utf8");
    for (const options of [[], ["--force"]]) {
      const args = ["vault", command, "test", "-o", "token", ...options];
      expect(await phalanxProcess(args, { cwd: tree.root, env: env() })).toEqual({
        exit: 2,
        stdout: "",
        stderr:
          "Error: token is a pipe owned by another user, who could read what is written\nHint: Choose another name.\n",
      });
    }
    await writeFile(at("token"), "nothing");
    expect(await theirs).toBe("nothing");
    expect(writes()).toEqual([]);
  });

  test("that nobody reads is not waited for, and one that others may read is refused", async () => {
    execFileSync("mkfifo", ["-m", "600", at("alone")]);
    execFileSync("mkfifo", ["-m", "644", at("open")]);
    expect(await create("-o", "alone")).toEqual({
      exit: 2,
      stdout: "",
      stderr: "Error: Nothing reads alone\nHint: Start the program that reads the pipe first.\n",
    });
    expect(await create("-o", "open")).toEqual({
      exit: 2,
      stdout: "",
      stderr: "Error: open is a pipe that other users can read\nHint: Make it private: chmod 600 open\n",
    });
    expect(writes()).toEqual([]);
  });

  test("that belongs to the user, or that the shell passes on, gets the credential", async () => {
    execFileSync("mkfifo", ["-m", "600", at("own")]);
    const through = await inBash("cat own > got & sleep 0.2; CREATE -o own; status=$?; wait; cat got; exit $status");
    expect(through).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^accessor: (.|\n)*token: /) });
    for (const line of [
      "CREATE -o >(cat) | cat",
      "CREATE -o /dev/stdout",
      "CREATE -o /dev/fd/3 3>&1",
      "CREATE -o /dev/fd/2 2>&1",
    ])
      expect(await inBash(line)).toMatchObject({ exit: 0, stdout: expect.stringMatching(/accessor: (.|\n)*token: /) });
  });

  test("that is closed, or only to be read, is found before anything is made", async () => {
    for (const line of ["CREATE -o /dev/fd/77", "CREATE -o /dev/fd/4 4</dev/null"])
      expect(await inBash(line)).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining("cannot be written (EBADF)"),
      });
    expect(writes()).toEqual([]);
  });
});

describe("a file for a credential", () => {
  test("never goes through a link", async () => {
    await writeFile(at("precious"), "years of work");
    await symlink("precious", at("token"));
    expect((await create("-o", "token")).exit).toBe(2);
    expect((await create("-o", "token", "--force")).exit).toBe(0);
    expect((await lstat(at("token"))).isFile()).toBe(true);
    expect(await readFile(at("precious"), "utf8")).toBe("years of work");
  });

  test("that cannot be written or replaced is found before anything is made", async () => {
    await mkdir(at("directory"));
    for (const options of [[], ["--force"]]) {
      expect(await create("-o", "directory", ...options)).toMatchObject({
        exit: 2,
        stderr: "Error: directory is a directory\nHint: Name a file in it.\n",
      });
      expect(await create("-o", "gone/token", ...options)).toMatchObject({
        exit: 2,
        stderr: "Error: gone/token cannot be written (ENOENT)\n",
      });
    }
    expect(writes()).toEqual([]);
    expect(await readdir(at("directory"))).toEqual([]);
  });

  // The other user has to be able to run Node, and the program, which may be in a directory of root's.
  test.skipIf(!asRoot || !has("setpriv", ...AS_OTHER, "--version"))(
    "of another user in a place of everybody's is not replaced, which is found before",
    async () => {
      await cp(dirname(BIN), at("program"), { recursive: true });
      await mkdir(at("shared"));
      await chmod(at("shared"), 0o1777);
      await writeFile(at("shared/token"), "theirs");
      await chmod(tree.root, 0o755);
      execFileSync("chmod", ["-R", "a+rX", tree.root]);
      const line = `exec setpriv --reuid ${OTHER} --clear-groups CREATE -o shared/token --force --config .`;
      expect(await inBash(line, at("program/bin.cjs"))).toMatchObject({
        exit: 2,
        stderr: "Error: shared/token cannot be written (it belongs to another user)\n",
      });
      expect(writes()).toEqual([]);
    },
  );

  test("that somebody replaced meanwhile is not removed if creating the credential fails", async () => {
    decide = async ({ path }) => {
      if (path !== "auth/token/create-orphan") return "pass";
      await rename(at("token"), at("moved"));
      await writeFile(at("token"), "of somebody else");
      return { status: 403, body: '{"errors":["1 error occurred:\\n\\t* permission denied\\n\\n"]}' };
    };
    expect((await create("-o", "token")).exit).toBe(1);
    expect(await readFile(at("token"), "utf8")).toBe("of somebody else");
    expect((await stat(at("moved"))).size).toBe(0);
  });
});
