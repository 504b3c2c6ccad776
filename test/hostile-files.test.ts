import { execFile, execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { BIN, phalanx, phalanxProcess, startPhalanx } from "./support/cli.js";
import { openKv } from "./support/kv.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

/** Would be shown as the name of a key, if a file from elsewhere were read as YAML. */
const FOREIGN = "canary-in-a-foreign-file";
const STATIC = "applications: {app: {key: {value: a value}}}\n";

let vault: DevVault;
let tree: TestTree;
let elsewhere: TestTree;

beforeAll(async () => {
  vault = await startDevVault();
  elsewhere = await makeTree({ "foreign.yaml": `${FOREIGN}: [1, 2]\nvaultUrl: ${FOREIGN}\n` });
});
afterAll(() => Promise.all([vault.close(), elsewhere.remove()]));
beforeEach(async () => {
  tree = await makeTree(
    environmentFiles(
      vault.url,
      { app: { secrets: "key: {description: x}\nother: {description: x, generate: {type: password}}\n" } },
      { "static.yaml": STATIC, "sub/.keep": "" },
    ),
  );
  return () => tree.remove();
});

const run = (command: string, env: Record<string, string> = {}): ReturnType<typeof phalanx> =>
  phalanx(command.split(" "), { cwd: tree.root, env: { VAULT_TOKEN: vault.rootToken, ...env } });

/** What may be put in the place of a file, and what is said of it. */
const KINDS: Readonly<Record<string, readonly [put: (path: string) => Promise<void>, message: string]>> = {
  "a link to a foreign file": [
    (path) => symlink(join(elsewhere.root, "foreign.yaml"), path),
    "is a link to a path outside the configuration",
  ],
  "a link through directories": [
    async (path) => {
      await symlink(elsewhere.root, join(tree.root, "sub/out"));
      await symlink(join(tree.root, "sub/out/foreign.yaml"), path);
    },
    "is a link to a path outside the configuration",
  ],
  "a device without an end": [(path) => symlink("/dev/zero", path), "is a link to a path outside the configuration"],
  "a pipe": [(path) => Promise.resolve(void execFileSync("mkfifo", [path])), "is not a regular file"],
  "a link to a pipe within": [
    async (path) => {
      execFileSync("mkfifo", [join(tree.root, "sub/pipe")]);
      await symlink(join(tree.root, "sub/pipe"), path);
    },
    "is not a regular file",
  ],
  "a socket": [listenAt, "is not a regular file"],
  "a directory": [(path) => mkdir(path).then(() => undefined), "is a directory"],
  "a link to itself": [(path) => symlink(path, path), "is a link to itself"],
  "a file in Latin-1": [(path) => writeFile(path, "# gr\u00fcn\n", "latin1"), "is not UTF-8"],
  "a file in UTF-16": [(path) => writeFile(path, "\uFEFF# x\n", "utf16le"), "is UTF-16, not UTF-8"],
  "a file in UTF-16 without its mark": [(path) => writeFile(path, "# xy\n\n", "utf16le"), "is UTF-16LE, not UTF-8"],
  "a huge file": [(path) => writeFile(path, "#".repeat(5_000_001)), "is larger than 5 MB"],
};

async function listenAt(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(path, done));
  sockets.push(() => void server.close());
}
const sockets: (() => void)[] = [];
afterAll(() => sockets.forEach((close) => close()));

const FILES = [
  "environments/values.yaml",
  "environments/values-test.yaml",
  "applications/app/secrets.yaml",
  "applications/app/secrets-test.yaml",
  "applications/app/values.yaml",
  "applications/app/values-test.yaml",
];
const COMMANDS = [
  "secrets list test",
  "secrets explain test",
  "secrets explain test app",
  "secrets static-template test",
  "secrets audit test --secrets static.yaml",
  "secrets plan test --secrets static.yaml",
  "secrets sync test --secrets static.yaml",
  "secrets rotate test app/other",
  "graph test",
];

describe("every command reads only regular files inside the tree", () => {
  test.each(Object.keys(KINDS))("and refuses %s", async (kind) => {
    const [put, message] = KINDS[kind] ?? [];
    for (const file of FILES) {
      await tree.remove();
      tree = await makeTree({
        ...environmentFiles(vault.url, { app: { secrets: "key: {description: x}\n" } }),
        "static.yaml": STATIC,
        "sub/.keep": "",
      });
      await rm(join(tree.root, file), { force: true });
      await mkdir(dirname(join(tree.root, file)), { recursive: true });
      await put?.(join(tree.root, file));
      for (const command of COMMANDS) {
        const { exit, stdout, stderr } = await run(command);
        expect([command, exit, stdout]).toEqual([command, 2, ""]);
        expect(stderr).toContain(`Error: ${file}: ${message}`);
        expect(stderr).toContain("Hint: ");
        expect(stderr).not.toContain(FOREIGN);
      }
    }
    expect(await openKv(vault.url, vault.rootToken, "secret/phalanx/test").get("app")).toBeUndefined();
  });

  test("not even the names in a directory elsewhere, or in the settings of a sibling", async () => {
    await symlink(elsewhere.root, join(tree.root, "environments/values-sibling.yaml"));
    const { stderr } = await run("secrets audit test --secrets static.yaml");
    expect(stderr).not.toContain("foreign");
    await rm(join(tree.root, "environments"), { recursive: true });
    await symlink(elsewhere.root, join(tree.root, "environments"));
    for (const command of [...COMMANDS, "fleet audit", "vault audit test"]) {
      const done = await run(command);
      expect(done.exit).toBe(2);
      expect(done.stderr).toContain("environments: is a link to a path outside the configuration");
    }
  });

  test("links within the tree are followed", async () => {
    await mkdir(join(tree.root, "shared"));
    await writeFile(join(tree.root, "shared/secrets.yaml"), "linked: {description: x}\n");
    await rm(join(tree.root, "applications/app/secrets.yaml"));
    await symlink("../../shared/secrets.yaml", join(tree.root, "applications/app/secrets.yaml"));
    expect(await run("secrets list test")).toMatchObject({ exit: 0, stdout: "app linked\n" });
  });

  test("in the built program, too, which waits for nothing and takes no input for a file", async () => {
    const defaults = join(tree.root, "environments/values.yaml");
    await rm(defaults);
    await symlink("/dev/stdin", defaults);
    const read = await phalanxProcess(["secrets", "list", "test"], { cwd: tree.root, input: `${FOREIGN}: [\n` });
    expect(read.exit).toBe(2);
    expect(read.stderr).not.toContain(FOREIGN);
    await rm(defaults);
    execFileSync("mkfifo", [defaults]);
    expect(await phalanxProcess(["secrets", "list", "test"], { cwd: tree.root })).toMatchObject({
      exit: 2,
      stderr: "Error: environments/values.yaml: is not a regular file\nHint: Put a file there.\n",
    });
  });
});

describe("a file that the operator names", () => {
  test.each([
    ["secrets audit test --secrets /dev/zero", {}],
    ["secrets audit test --secrets locked.age --identity /dev/zero", {}],
    ["secrets sync test --plan /dev/zero", {}],
    ["secrets edit test /dev/zero", {}],
    ["secrets audit test --secrets static.yaml", { VAULT_TOKEN: "", VAULT_TOKEN_FILE: "/dev/zero" }],
    ["secrets audit test --secrets static.yaml --vault-address https://127.0.0.1:1", { VAULT_CACERT: "/dev/zero" }],
    ["secrets audit test --secrets static.yaml --auth jwt --role x --jwt-file /dev/zero", {}],
    ["fleet audit --merge /dev/zero", {}],
  ])("is not read for ever: %s %o", async (command, env) => {
    await tree.write("locked.age", "age-encryption.org/v1\n-> X25519 abc\n--- def\n");
    const { stderr } = await run(command, env);
    expect(stderr).toMatch(
      /Error: (\S+: )?\/dev\/zero cannot be read \((larger than 64 MiB|it is not a regular file)\)/,
    );
  });

  test("may be a link, a pipe, and standard input", async () => {
    await symlink(join(tree.root, "static.yaml"), join(tree.root, "link.yaml"));
    const shown = (await run("secrets plan test --secrets link.yaml")).stdout;
    expect(shown).toContain("app");
    const bash = async (script: string): Promise<string> => {
      const env = { PATH: process.env["PATH"] ?? "", VAULT_TOKEN: vault.rootToken };
      return (await promisify(execFile)("bash", ["--norc", "-c", script], { cwd: tree.root, env })).stdout;
    };
    const plan = `'${process.execPath}' '${BIN}' secrets plan test --secrets`;
    for (const script of [
      `${plan} <(cat static.yaml)`,
      `cat static.yaml | ${plan} /dev/stdin`,
      `${plan} /dev/stdin < static.yaml`,
    ])
      expect((await bash(script)).replaceAll(/\/dev\/[a-z0-9/]+/g, "link.yaml")).toBe(shown);
  });

  test.each([
    ["secrets plan test --secrets link", {}],
    ["secrets audit test --secrets locked.age --identity link", {}],
    ["secrets sync test --plan link", {}],
    ["secrets edit test link", {}],
    ["secrets audit test --secrets static.yaml --auth jwt --role x --jwt-file link", {}],
    ["secrets audit test --secrets static.yaml --vault-address https://127.0.0.1:1", { VAULT_CACERT: "link" }],
    ["fleet audit --fleet-config link", {}],
    ["fleet audit --merge link", {}],
  ])("is no link that leads out of the repository: %s %o", async (command, env) => {
    await tree.write("locked.age", "age-encryption.org/v1\n-> X25519 abc\n--- def\n");
    await symlink(join(elsewhere.root, "foreign.yaml"), join(tree.root, "link"));
    const done = await run(command, env);
    expect(done.exit).not.toBe(0);
    expect(`${done.stdout}${done.stderr}`.replaceAll(/\s+/g, " ")).toContain(
      "link cannot be read (it is a link to a path outside its repository)",
    );
    await rm(join(tree.root, "link"));
    await symlink(elsewhere.root, join(tree.root, "out"));
    const through = await run(
      command.replace(/link$/, "out/foreign.yaml"),
      "VAULT_CACERT" in env ? { VAULT_CACERT: "out/foreign.yaml" } : {},
    );
    expect(`${through.stdout}${through.stderr}`.replaceAll(/\s+/g, " ")).toContain(
      "(it is a link to a path outside its repository)",
    );
  });

  test("and a pipe that nobody writes to is waited for until a signal comes", async () => {
    execFileSync("mkfifo", [join(tree.root, "pipe")]);
    const child = startPhalanx(["secrets", "plan", "test", "--secrets", "pipe"], { cwd: tree.root });
    const ended = new Promise((done) => child.once("exit", (code, signal) => done(code ?? signal)));
    // Nothing is printed before the file is there, so the signals come until one of them meets the running program.
    const again = setInterval(() => child.kill("SIGINT"), 200);
    expect(await ended).not.toBe(0);
    clearInterval(again);
  });

  test("nor is standard input", async () => {
    const child = startPhalanx(["secrets", "set", "test", "app/key", "--yes"], {
      cwd: tree.root,
      env: { VAULT_TOKEN: vault.rootToken },
    });
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.stdin.on("error", () => undefined);
    const more = (): void => {
      while (child.stdin.write(Buffer.alloc(1 << 20, "x")));
    };
    child.stdin.on("drain", more);
    more();
    expect(await new Promise((done) => child.once("close", done))).toBe(2);
    expect(stderr).toContain("Standard input cannot be read (larger than 64 MiB)");
  });
});
