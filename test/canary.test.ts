import { chmod, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDevConnect, type DevConnect } from "./support/dev-connect/index.js";
import { startVault, type TestVault } from "./support/vault.js";
import { failures, type More, printers, readers, type Stage, writers } from "./canary/commands.js";
import { phalanxHere, phalanxProcess } from "./support/cli.js";
import { leaksIn } from "./support/canaries.js";
import { CANARIES, canaryFiles, CANARY_VAULTS, of } from "./support/canary-files.js";
import { listCommands } from "./support/commands.js";
import { makeRepository, type TestRepository } from "./support/git.js";
import { type Kv, openKv } from "./support/kv.js";
import { type Fate, type Proxy, startProxy } from "./support/proxy.js";
import { FULL } from "./support/size.js";

let vault: TestVault;
let connect: DevConnect;
let proxy: Proxy;
let tree: TestRepository;
let kv: Kv;
let decide: () => Fate = () => "pass";
let env: Record<string, string>;
const emitted: { readonly command: string; readonly text: string }[] = [];
const covered = new Set<string>();
let commands: string[];

beforeAll(async () => {
  commands = await listCommands();
  vault = await startVault({ token: of("root token") });
  proxy = await startProxy(vault.url, () => decide());
  connect = await startDevConnect({
    token: of("Connect token"),
    vaults: CANARY_VAULTS,
  });
  tree = await makeRepository(canaryFiles(proxy.url, connect.url));
  await Promise.all(["editor.sh", "broken-editor.sh"].map((name) => chmod(join(tree.root, name), 0o700)));
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
  await kv.call("POST", "sys/auth/approle", { type: "approle" });
  await kv.put("app", {
    s: of("stored value"),
    m: { deep: of("foreign value") },
    p: of("stored value"),
    extra: of("unknown value"),
  });
  await kv.put("stranger", { x: of("unknown value") });
  env = {
    VAULT_TOKEN: of("root token"),
    VAULT_TOKEN_TWO: of("root token"),
    OP_CONNECT_TOKEN: of("Connect token"),
    VAULT_ROLE_ID: "role",
    VAULT_SECRET_ID: of("SecretID"),
    PHALANX_FINGERPRINT_KEY: of("fingerprint key").repeat(2),
    XDG_STATE_HOME: `${tree.root}/state`,
    XDG_RUNTIME_DIR: tree.root,
    TMPDIR: tree.root,
    HOME: tree.root,
  };
});
afterAll(async () => {
  await Promise.all([proxy.close(), connect.close(), vault.close()]);
  await tree.remove();
});

async function run(command: string, { env: more = {}, input = "", prints = false, process = false }: More = {}) {
  const words = command.split(" ");
  const name = commands.findLast((each) => `${command} `.startsWith(`${each} `));
  if (name === undefined) throw new Error(`${command} is no command`);
  covered.add(name);
  const start = process ? phalanxProcess : phalanxHere;
  const sleep = () => Promise.resolve();
  const done = await start(words, { cwd: tree.root, env: { ...env, ...more }, input, sleep });
  emitted.push({ command, text: prints ? done.stderr : done.stdout + done.stderr });
  return done;
}

/** What nothing but a generated value holds: of a hash and of a key only a part is random. */
const RANDOM_PART: Readonly<Record<string, (value: string) => string>> = {
  p: (value) => value,
  h: (value) => value.slice(-24),
  k: (value) => value.split("\n")[5] ?? "",
};

/** What was generated is a secret, too. */
async function noteGenerated(): Promise<void> {
  for (const prefix of ["test", "one", "two"]) {
    const stored = await openKv(vault.url, vault.rootToken, `secret/phalanx/${prefix}`).get("app");
    for (const [key, part] of Object.entries(RANDOM_PART)) {
      const value = part(String(stored?.[key]));
      CANARIES[`${prefix}/${key} ${Object.keys(CANARIES).length}`] = value;
      expect(value.length).toBeGreaterThan(20);
    }
  }
}

/** The files that were written, and those from before that held no value. */
async function filesHere(): Promise<string[]> {
  const before = canaryFiles(proxy.url, connect.url);
  const entries = await readdir(tree.root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(tree.root.length + 1))
    .filter((path) => !path.startsWith(".git/") && leaksIn(before[path] ?? "", CANARIES).length === 0);
}

describe("no value shows", () => {
  // One story, in which each command finds what those before it left; the tests look at what came of it.
  beforeAll(async () => {
    const stage: Stage = { tree, vaultUrl: proxy.url, run, answer: (fate) => (decide = () => fate), noteGenerated };
    for (const act of [readers, writers, printers, readers, failures]) await act(stage);
  });

  test("in what any command prints or writes, whatever goes wrong", async () => {
    expect(commands.filter((name) => !covered.has(name))).toEqual([]);
    expect(emitted.filter(({ text }) => /^ {4}at /m.test(text)).map(({ command }) => command)).toEqual([]);
    const files = await filesHere();
    const written = await Promise.all(
      files
        .filter((path) => !path.startsWith("out-"))
        .map(async (path) => ({
          command: `(the file ${path})`,
          text: await readFile(join(tree.root, path), "latin1"),
        })),
    );
    const all = [...emitted, ...written];
    expect(files).toEqual(
      expect.arrayContaining(["fleet.html", "fleet.json", "fleet.prom", "test.plan", "editor-arguments", "edited.age"]),
    );
    const leaks = all.flatMap(({ command, text }) => leaksIn(text, CANARIES).map((name) => `${command}: ${name}`));
    expect([...new Set(leaks)]).toEqual([]);
    if (FULL)
      process.stdout.write(
        `canaries: ${Object.keys(CANARIES).length} in ${all.length} outputs of ${covered.size} commands\n`,
      );
  });

  test("to others on this machine: what holds values is private", async () => {
    const modes = await Promise.all(
      (await filesHere())
        .filter((path) => path.startsWith("out-") || path.startsWith("state/") || /\.(plan|age)$/.test(path))
        .map(async (path) => [path, ((await stat(join(tree.root, path))).mode & 0o077).toString(8)] as const),
    );
    expect(modes.length).toBeGreaterThan(5);
    expect(modes.filter(([, open]) => open !== "0")).toEqual([]);
  });
});
