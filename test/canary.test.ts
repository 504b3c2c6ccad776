import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDevConnect, type DevConnect } from "../src/dev-connect/index.js";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { phalanxHere, phalanxProcess } from "./support/cli.js";
import { leaksIn } from "./support/canaries.js";
import { CANARIES, canaryFiles, CANARY_VAULTS, of } from "./support/canary-files.js";
import { listCommands } from "./support/commands.js";
import { makeRepository, type TestRepository } from "./support/git.js";
import { type Kv, openKv } from "./support/kv.js";
import { type Fate, type Proxy, startProxy } from "./support/proxy.js";

let vault: DevVault;
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
  vault = await startDevVault({ token: of("root token") });
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

interface More {
  readonly env?: Record<string, string>;
  readonly input?: string;
  /** What the command is there to print: not searched. */
  readonly prints?: boolean;
  /** Whether a process of its own is needed. */
  readonly process?: boolean;
}

async function run(command: string, { env: more = {}, input = "", prints = false, process = false }: More = {}) {
  const words = command.split(" ");
  const name = commands.findLast((each) => `${command} `.startsWith(`${each} `));
  if (name === undefined) throw new Error(`${command} is no command`);
  covered.add(name);
  const start = process ? phalanxProcess : phalanxHere;
  const done = await start(words, { cwd: tree.root, env: { ...env, ...more }, input });
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

const readers = async (): Promise<void> => {
  const secrets = "--secrets static.yaml";
  await run("help secrets sync");
  for (const file of ["wrong-type", "lost-field", "broken", "tab", "alias"]) {
    await run(`secrets audit test --secrets ${file}.yaml`);
    await run(`secrets set test --from-file ${file}.yaml --yes`);
  }
  await run(`secrets audit test ${secrets} --json --verify`);
  await run(`secrets audit test`);
  await run(`secrets plan test ${secrets} --delete`);
  await run(`secrets plan test ${secrets} --json`);
  await run("secrets explain test app");
  await run("secrets history test");
  await run("secrets history test app/s --json");
  await run("secrets list test --json");
  await run("secrets schema");
  await run("secrets static-template test");
  await run("secrets onepassword-template one");
  await run("secrets onepassword-template one --json");
  await run("secrets audit one --json");
  await run("lint");
  await run("lint --format json");
  await run("lint --format sarif");
  await run("lint --format github");
  await run("diff");
  await run("diff --format json");
  await run("diff --format markdown");
  for (const format of ["text", "dot", "mermaid", "svg", "json"]) await run(`graph test --all --format ${format}`);
  await run("fleet audit --json fleet.json --html fleet.html --metrics fleet.prom --force");
  await run("fleet audit two --json");
  await run("fleet audit --fleet-config fleet.yaml");
  await run("fleet schema");
  await run("vault audit test");
  await run("vault audit test --json");
  await run("vault preflight test --json");
};

const writers = async (): Promise<void> => {
  const secrets = "--secrets static.yaml";
  await run(`secrets plan test ${secrets} --out test.plan --force`);
  await run(`secrets sync test ${secrets} --plan test.plan`);
  await run(`secrets sync test ${secrets} --delete --allow-mass-delete`);
  await run("secrets sync one");
  await run(`secrets sync two ${secrets}`);
  await noteGenerated();
  await run("secrets rotate test app/p --json --dry-run");
  await run("secrets rotate test app/p");
  await run("secrets set test app/s", { input: of("typed value") });
  await run("secrets set test app/p", { input: of("typed value") });
  await run("secrets set test pull-secret example.org", { input: `u:${of("typed value")}` });
  await run("secrets set test pull-secret example.org", { input: of("typed value") });
  await noteGenerated();
  await run("secrets restore test --kv-version 1 app --dry-run");
  await run("secrets restore test --kv-version 1 app --partial");
  await run("vault copy-secrets two secret/phalanx/test --overwrite --json");
};

/** Commands that are there to hand out values: only their errors are searched, and what they write. */
const printers = async (): Promise<void> => {
  await run("secrets onepassword-secrets one", { prints: true });
  await run("secrets onepassword-secrets one -o out-1password.yaml");
  await run("secrets onepassword-secrets one -o out-1password.yaml");
  const { stdout: token } = await run("vault create-write-token test --json", { prints: true });
  CANARIES["new token"] = (JSON.parse(token) as { token: string }).token;
  await run("vault create-write-token test -o out-token.yaml");
  const { stdout: role } = await run("vault create-read-approle test --json", { prints: true });
  CANARIES["new SecretID"] = (JSON.parse(role) as { secret_id: string }).secret_id;
  await run("vault create-read-approle test -o out-role.yaml");
  await run("vault export-secrets test out-export");
  await run("vault export-secrets test out-export");
  const recipient = "age1yl2ckzsqde5kkyx48er6kuc2lxvzaywxw8h2kuyvzh00s0xp4vlqktwnre";
  await run(`secrets static-template test --encrypt-to ${recipient} -o edited.age`);
  const edited = { EDITOR: `${tree.root}/editor.sh` };
  await run(`secrets edit test edited.age --encrypt-to ${recipient} --identity broken-identity.txt`, { env: edited });
  const identity = new URL("fixtures/encrypted/identity.txt", import.meta.url).pathname;
  await run(`secrets edit test edited.age --identity ${identity}`, { env: edited });
  await run(`secrets edit test edited.age --identity ${identity}`, {
    env: { EDITOR: `${tree.root}/broken-editor.sh` },
  });
  await run(`secrets audit test --secrets edited.age --identity ${identity}`);
  await run("dev-vault --listen nonsense");
  await run("completion bash");
  await run("migrate check test");
  await run("migrate check test --secrets static.yaml --json --write-provenance");
  await run(`dev-vault --listen 127.0.0.1:0 --data ${tree.root}/static.yaml --token ${of("wrong token")}`);
};

const failures = async (): Promise<void> => {
  const secrets = "--secrets static.yaml";
  const audit = `secrets audit test ${secrets}`;
  await run("secrets sync test --plan broken.plan");
  await run(`secrets sync test ${secrets} --auth approle`);
  await run(`secrets sync test ${secrets} --auth jwt --role r --jwt-file jwt`);
  await run(`${audit} --identity broken-identity.txt`);
  await run("secrets audit test --secrets nowhere.yaml", { env: { PHALANX_AGE_PASSPHRASE: of("passphrase") } });
  for (const wrong of [of("wrong token"), `${of("wrong token")} x`, ""])
    await run(audit, { env: { VAULT_TOKEN: wrong } });
  await run("secrets audit test", { env: { VAULT_TOKEN: "", VAULT_ADDR: proxy.url } });
  await run(audit, { env: { VAULT_NAMESPACE: `${of("wrong token")}\u00e9` } });
  await run("secrets audit one", { env: { OP_CONNECT_TOKEN: of("wrong token") } });
  await run("secrets audit one", { env: { OP_CONNECT_TOKEN: `${of("wrong token")}\n${of("wrong token")}` } });
  const proxied = `http://u:${of("proxy password")}@127.0.0.1:1`;
  await tree.write(
    "environments/values-far.yaml",
    "vaultUrl: https://vault.invalid\nvaultPathPrefix: secret/far\napplications: {app: true}\n",
  );
  await run("secrets audit far", { env: { HTTPS_PROXY: proxied } });
  await run("secrets audit far", { env: { HTTPS_PROXY: `u:${of("proxy password")}` } });
  await run(audit, { env: { VAULT_ADDR: `http://u:${of("proxy password")}@127.0.0.1:1` } });
  await run(`${audit} --vault-address http://u:${of("proxy password")}@127.0.0.1:1`);
  for (const name of ["VAULT_CACERT", "VAULT_CLIENT_KEY", "VAULT_CLIENT_CERT"])
    await run("secrets audit far", { env: { [name]: "broken-key.pem" } });
  // A server that gives everything back that it knows, in whatever place it has for words.
  const all = Object.values(CANARIES);
  const said = [
    "Vault is sealed",
    ...all,
    ...all.map((value) => Buffer.from(value).toString("base64")),
    ...all.map((value) => Buffer.from(value).toString("hex")),
  ];
  const errors = JSON.stringify({ errors: said, warnings: said, data: { errors: said } });
  const fates: Fate[] = [
    // Those that may pass are tried again, after a while.
    ...[400, 403, 404, 405, 503].map((status) => ({ status, body: errors })),
    { status: 200, body: errors },
    { status: 200, body: `<html>${all.join(" ")}</html>` },
    { status: 200, body: `{"data": {"data": "${of("error text")}"` },
    { status: 307, body: errors, headers: { location: `http://127.0.0.1:1/${of("error text")}` } },
  ];
  for (const fate of fates) {
    decide = () => fate;
    for (const command of [
      `secrets sync test ${secrets}`,
      "secrets set test app/s",
      `secrets sync test ${secrets} --auth approle`,
      "vault create-write-token test",
      "fleet audit two",
      "vault copy-secrets test secret/old",
    ])
      await run(command, { input: of("typed value"), env: { VAULT_CLIENT_TIMEOUT: "5" } });
  }
  decide = () => "pass";
};

/** GitHub answers a job that asks for its token with something else. */
async function failingGithub(): Promise<void> {
  const server = createServer((_, response) => response.end(`{"value": ${of("GitHub token")}`));
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?x=y`;
  for (const [address, token] of [
    [url, of("GitHub token")],
    [url, `${of("GitHub token")}\n`],
    [`:${of("GitHub token")}`, "x"],
  ] as const)
    await run("secrets audit test --auth jwt --role r", {
      env: { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token },
    });
  server.close();
  server.closeAllConnections();
}

/** What Node itself says: debug output, and errors that nobody expected. */
async function talkingNode(): Promise<void> {
  await writeFile(
    join(tree.root, "mistake.mjs"),
    `const { canParse } = URL; URL.canParse = (text) => { if (process.env.MISTAKE === "throw") throw new TypeError("${of("error text")}"); Promise.reject(new Error("${of("error text")}")); return canParse(text); };\n`,
  );
  const secrets = "secrets sync test --secrets static.yaml";
  for (const more of [
    { NODE_DEBUG: "http,https,net,tls,stream,timer,module,fs" },
    { DEBUG: "*" },
    { MISTAKE: "throw", NODE_OPTIONS: `--import=${tree.root}/mistake.mjs` },
    { MISTAKE: "reject", NODE_OPTIONS: `--import=${tree.root}/mistake.mjs` },
  ]) {
    const { exit } = await run(secrets, { env: more, process: true });
    expect({ more, exit }).toEqual({ more, exit: "MISTAKE" in more ? 1 : 0 });
  }
}

const IS_INPUT =
  /^(static|wrong-type|lost-field|broken|tab|alias|fleet)\.yaml$|^(broken-identity\.txt|broken\.plan|broken-key\.pem|\.vault-token|jwt|editor\.sh|broken-editor\.sh|mistake\.mjs)$|^\.git\//;

async function filesHere(): Promise<string[]> {
  const entries = await readdir(tree.root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(tree.root.length + 1))
    .filter((path) => !IS_INPUT.test(path));
}

describe("no value shows", () => {
  // One story, in which each command finds what those before it left; the tests look at what came of it.
  beforeAll(async () => {
    await readers();
    await writers();
    await printers();
    await readers();
    await failures();
    await failingGithub();
    await talkingNode();
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
    if (process.env["PHALANX_TEST_FUZZ"] === "all")
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
