import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "vitest";
import { CANARIES, of } from "../support/canary-files.js";
import type { Finished } from "../support/cli.js";
import type { Fate } from "../support/proxy.js";
import { startTunnelProxy } from "../support/tunnel-proxy.js";
import type { TestTree } from "../support/tree.js";

export interface More {
  readonly env?: Record<string, string>;
  readonly input?: string;
  /** What the command is there to print: not searched. */
  readonly prints?: boolean;
  /** Whether a process of its own is needed. */
  readonly process?: boolean;
}

/** What the commands run in. */
export interface Stage {
  readonly tree: TestTree;
  /** Where the tree says that Vault is. */
  readonly vaultUrl: string;
  /** Runs a command of phalanx, and keeps what it prints for the search. */
  readonly run: (command: string, more?: More) => Promise<Finished>;
  /** What every request to Vault gets from now on. */
  readonly answer: (fate: Fate) => void;
  /** From now on, what Vault holds of generated values must not show either. */
  readonly noteGenerated: () => Promise<void>;
}

/** Commands that only read. */
export async function readers({ run }: Stage): Promise<void> {
  const secrets = "--secrets static.yaml";
  await run("help secrets sync");
  for (const file of ["wrong-type", "lost-field", "broken", "tab", "alias"]) {
    await run(`secrets audit test --secrets ${file}.yaml`);
    await run(`secrets set test --from-file ${file}.yaml --yes`);
    await run(`secrets explain test app --secrets ${file}.yaml`);
  }
  await run(`secrets audit test ${secrets} --json --verify`);
  await run(`secrets audit test`);
  await run(`secrets plan test ${secrets} --delete`);
  await run(`secrets plan test ${secrets} --json`);
  await run("secrets explain test");
  await run("secrets explain test app");
  await run("secrets explain test app --json");
  await run(`secrets explain test app ${secrets} --json`);
  await run("secrets history test");
  await run("secrets history test app/s --json");
  await run("secrets list test --json");
  await run("secrets consumers test");
  await run("secrets consumers test --json");
  await run("rollout rights test");
  await run("rollout status test");
  await run(`secrets missing test ${secrets}`);
  await run("secrets missing test --json");
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
}

/** Commands that write to Vault. */
export async function writers({ run, noteGenerated }: Stage): Promise<void> {
  const secrets = "--secrets static.yaml";
  await run(`secrets plan test ${secrets} --out test.plan --force`);
  await run(`secrets sync test ${secrets} --plan test.plan`);
  await run(`secrets sync test ${secrets} --delete --allow-mass-delete`);
  await run("secrets sync one");
  await run(`secrets sync two ${secrets}`);
  await noteGenerated();
  await run("secrets rotate test app/p --json --dry-run");
  await run("secrets rotate test app/p --yes");
  await run("secrets set test app/s --yes", { input: of("typed value") });
  await run("secrets set test app/p --yes", { input: of("typed value") });
  await run("secrets static-template test -o out-set.yaml");
  await run("secrets set test app/s --in out-set.yaml --yes", { input: of("typed value") });
  await run("secrets audit test --secrets static.yaml --secrets out-set.yaml --json");
  await run("secrets set test app/s --in broken.yaml --yes", { input: of("typed value") });
  await run("secrets set test pull-secret example.org --yes", { input: `u:${of("typed value")}` });
  await run("secrets set test pull-secret example.org --yes", { input: of("typed value") });
  await noteGenerated();
  await run("secrets restore test --kv-version 1 app --dry-run");
  await run("secrets restore test --kv-version 1 app --partial --yes");
  await run("vault copy-secrets two secret/phalanx/test --overwrite --json");
}

/** Commands that are there to hand out values: only their errors are searched, and what they write. */
export async function printers({ run, tree }: Stage): Promise<void> {
  await run("secrets onepassword-secrets one", { prints: true });
  await run("secrets onepassword-secrets one -o out-1password.yaml");
  await run("secrets onepassword-secrets one -o out-1password.yaml");
  const { stdout: token } = await run("vault create-write-token test --json", { prints: true });
  CANARIES["new token"] = (JSON.parse(token) as { result: { token: string } }).result.token;
  await run("vault create-write-token test -o out-token.yaml");
  const { stdout: role } = await run("vault create-read-approle test --json", { prints: true });
  CANARIES["new SecretID"] = (JSON.parse(role) as { result: { secret_id: string } }).result.secret_id;
  await run("vault create-read-approle test -o out-role.yaml");
  await run("vault export-secrets test out-export");
  await run("vault export-secrets test out-export");
  const recipient = "age1yl2ckzsqde5kkyx48er6kuc2lxvzaywxw8h2kuyvzh00s0xp4vlqktwnre";
  await run(`secrets static-template test --encrypt-to ${recipient} -o edited.age`);
  const edited = { EDITOR: `${tree.root}/editor.sh` };
  await run("secrets static-template test --merge out-set.yaml");
  await run("secrets static-template test --merge broken.yaml");
  await run(`secrets edit test edited.age --encrypt-to ${recipient} --identity broken-identity.txt`, { env: edited });
  const identity = new URL("../fixtures/encrypted/identity.txt", import.meta.url).pathname;
  await run(`secrets edit test edited.age --identity ${identity}`, { env: edited });
  await run(`secrets edit test edited.age --identity ${identity}`, {
    env: { EDITOR: `${tree.root}/broken-editor.sh` },
  });
  await run(`secrets audit test --secrets edited.age --identity ${identity}`);
  await run("completion bash");
  await run("migrate check test");
  await run("migrate check test --secrets static.yaml --json --write-provenance");
  await run(`dev-vault --listen nonsense --token ${of("wrong token")}`);
}

/** Whatever can go wrong. */
export async function failures(stage: Stage): Promise<void> {
  const { run, tree, vaultUrl, answer } = stage;
  const secrets = "--secrets static.yaml";
  const audit = `secrets audit test ${secrets}`;
  await run("secrets sync test --plan broken.plan");
  await run(`secrets sync test ${secrets} --auth approle`);
  await run(`secrets sync test ${secrets} --auth jwt --role r --jwt-file jwt`);
  await run(`${audit} --identity broken-identity.txt`);
  await run("secrets audit test --secrets nowhere.yaml", { env: { PHALANX_AGE_PASSPHRASE: of("passphrase") } });
  for (const wrong of [of("wrong token"), `${of("wrong token")} x`, ""])
    await run(audit, { env: { VAULT_TOKEN: wrong } });
  await run("secrets audit test", { env: { VAULT_TOKEN: "", VAULT_ADDR: vaultUrl } });
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
    answer(fate);
    for (const command of [
      `secrets sync test ${secrets}`,
      "secrets set test app/s --yes",
      `secrets sync test ${secrets} --auth approle`,
      "vault create-write-token test",
      "fleet audit two",
      "vault copy-secrets test secret/old",
    ])
      await run(command, { input: of("typed value"), env: { VAULT_CLIENT_TIMEOUT: "5" } });
  }
  answer("pass");
  await failingGithub(stage);
  await talkingNode(stage);
}

/** GitHub answers a job that asks for its token with something else. */
async function failingGithub({ run }: Stage): Promise<void> {
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
async function talkingNode({ run, tree }: Stage): Promise<void> {
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
  const proxy = await startTunnelProxy({ routes: {}, credentials: `u:${of("proxy password")}` });
  const env = {
    HTTPS_PROXY: `http://u:${of("proxy password")}@${proxy.address}`,
    NODE_DEBUG: "http,https,net,tls,stream,timer,child_process",
    DEBUG: "*",
  };
  for (const command of ["secrets audit far --verbose", "diff"]) await run(command, { env, process: true });
  expect(proxy.heard.length).toBeGreaterThan(0);
  await proxy.close();
}
