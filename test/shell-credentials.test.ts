import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sameServer } from "../src/access/shell-server.js";
import { type DevConnect, startDevConnect } from "./support/dev-connect/index.js";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { type Finished, phalanx } from "./support/cli.js";
import { type Listener, startListener } from "./support/listener.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const APP = { app: { secrets: "p: {description: x, generate: {type: password}}\ns: {description: x}\n" } };

let vault: DevVault;
let connect: DevConnect;
let thief: Listener;
let tree: TestTree;
/** What the pull request says of the servers. */
const proposed = (vaultUrl: string, connectUrl?: string): Promise<void> =>
  tree.write(
    "environments/values-test.yaml",
    `vaultUrl: ${vaultUrl}\nvaultPathPrefix: secret/phalanx/test\napplications: {app: true}\n${connectUrl ? `onepassword: {connectUrl: "${connectUrl}", vaultTitle: test}\n` : ""}`,
  );
const run = (command: string, env: Record<string, string>): Promise<Finished> =>
  phalanx(command.split(" "), { cwd: tree.root, env: { HOME: tree.root, ...env } });

beforeAll(async () => {
  vault = await startDevVault();
  connect = await startDevConnect({ vaults: [{ title: "test", items: [] }] });
  tree = await makeTree({
    ...environmentFiles(vault.url, APP),
    "static.yaml": "applications: {app: {s: {value: one}}}\n",
    "own.yaml": `applications: {app: {s: {value: one}}}\nvault-write-token: ${vault.rootToken}\n`,
    ".vault-token": vault.rootToken,
    token: vault.rootToken,
    jwt: "a.b.c",
  });
});
beforeEach(async () => {
  thief = await startListener();
});
afterEach(() => thief.close());
afterAll(() => Promise.all([vault.close(), connect.close(), tree.remove()]));

describe("a pull request that changes vaultUrl, where VAULT_ADDR says which server this shell is for", () => {
  beforeEach(() => proposed(thief.url));
  const refused = (): Record<string, unknown> => ({
    exit: 2,
    stdout: "",
    stderr:
      `Error: VAULT_ADDR is ${vault.url}, but the configuration says ${thief.url}: no credential is sent there\n` +
      `Hint: If ${thief.url} is right, use a credential of that server, and: export VAULT_ADDR=${thief.url}\n` +
      `For the server of VAULT_ADDR, add: --vault-address ${vault.url}\n`,
  });
  const withToken = (): Record<string, string> => ({ VAULT_ADDR: vault.url, VAULT_TOKEN: vault.rootToken });

  test.each([
    "secrets audit test --secrets static.yaml",
    "secrets plan test --secrets static.yaml",
    "secrets sync test --secrets static.yaml",
    "secrets rotate test app/p --yes",
    "secrets history test app",
    "secrets restore test --run 20260101T000000Z-00000000",
    "migrate check test",
    "vault preflight test",
    "vault audit test",
    "vault create-write-token test",
    "vault create-read-approle test",
    "vault copy-secrets test secret/other",
    "vault export-secrets test out",
  ])("gets nothing: %s", async (command) => {
    expect(await run(command, withToken())).toEqual(refused());
    expect(thief.arrived).toEqual([]);
  });

  test.each([
    ["VAULT_TOKEN", "", () => ({ VAULT_TOKEN: vault.rootToken })],
    ["VAULT_TOKEN_FILE", "", () => ({ VAULT_TOKEN_FILE: "token" })],
    ["~/.vault-token", "", () => ({})],
    ["a RoleID and SecretID", " --auth approle", () => ({ VAULT_ROLE_ID: "r", VAULT_SECRET_ID: "s" })],
    ["the token of a service account", " --auth kubernetes --role r --jwt-file jwt", () => ({})],
    [
      "the token of a job",
      " --auth jwt --role r",
      () => ({ ACTIONS_ID_TOKEN_REQUEST_URL: thief.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t" }),
    ],
  ])("gets no credential of the shell: %s", async (_, options, env) => {
    for (const command of ["secrets sync test --secrets static.yaml", "secrets audit test --secrets own.yaml"]) {
      // With nothing else at hand, the token of the environment's own secrets would be used.
      if (command.includes("own.yaml") && Object.keys(env()).length === 0 && options === "") continue;
      expect(await run(command + options, { VAULT_ADDR: vault.url, ...env() })).toEqual(refused());
    }
    expect(thief.arrived).toEqual([]);
  });

  test("gets nothing where Vault is only asked for more", async () => {
    const { exit, stdout } = await run("secrets explain test app/p", withToken());
    expect([exit, stdout]).toEqual([0, expect.stringContaining(`not queried: VAULT_ADDR is ${vault.url}`)]);
    expect(thief.arrived).toEqual([]);
  });

  test("both ways on that the error names lead on", async () => {
    // With the token of `vault login`, too.
    expect((await run("secrets audit test --secrets static.yaml", { VAULT_ADDR: thief.url })).exit).toBe(2);
    expect(thief.arrived).not.toEqual([]);
    const command = `secrets audit test --secrets static.yaml --vault-address ${vault.url}`;
    expect(await run(command, withToken())).toMatchObject({
      exit: 1,
      stderr: "static secrets of test: from static.yaml\n",
    });
  });

  test("a variable that is not a URL is not shown: credentials could be anywhere in it", async () => {
    const { exit, stderr } = await run("secrets audit test", {
      ...withToken(),
      VAULT_ADDR: "http://u:open/sesame@vault",
    });
    expect([exit, stderr]).toEqual([
      2,
      expect.stringContaining("VAULT_ADDR is not an http or https URL, but the configuration says"),
    ]);
    expect(stderr).not.toContain("sesame");
  });
});

test("the token that comes with the environment's own secrets goes where the configuration says, with a warning", async () => {
  await proposed(vault.url);
  const done = await run("secrets audit test --secrets own.yaml", { VAULT_ADDR: "https://vault.example.org" });
  expect(done).toMatchObject({ exit: 1, stdout: "Missing secrets:\n• app p\n• app s\n" });
  expect(done.stderr).toBe(
    `Warning: VAULT_ADDR is https://vault.example.org, but the configuration says ${vault.url}: the token in the static secrets is sent there. To use another server, give --vault-address URL.\nstatic secrets of test: from own.yaml\n`,
  );
});

describe("a pull request that changes connectUrl, where OP_CONNECT_HOST says which server this shell is for", () => {
  const withToken = (): Record<string, string> => ({
    OP_CONNECT_HOST: connect.url,
    OP_CONNECT_TOKEN: connect.token,
    VAULT_TOKEN: vault.rootToken,
  });

  test.each([
    "secrets audit test",
    "secrets sync test",
    "secrets onepassword-secrets test",
    "secrets onepassword-template test",
  ])("gets nothing: %s", async (command) => {
    await proposed(vault.url, thief.url);
    expect(await run(command, withToken())).toMatchObject({
      exit: 2,
      stdout: "",
      stderr: expect.stringContaining(
        `Error: OP_CONNECT_HOST is ${connect.url}, but the configuration says ${thief.url}: OP_CONNECT_TOKEN is not sent there\n` +
          `Hint: If ${thief.url} is right: export OP_CONNECT_HOST=${thief.url}, or: unset OP_CONNECT_HOST\n`,
      ),
    });
    expect(thief.arrived).toEqual([]);
  });

  test("the same server, written in another way, gets the token", async () => {
    await proposed(vault.url, connect.url);
    const env = { ...withToken(), OP_CONNECT_HOST: `${connect.url.replace("http", "HTTP")}//` };
    expect((await run("secrets audit test", env)).stderr).not.toContain("OP_CONNECT_HOST");
  });
});

test.each([
  ["https://Vault.Example.ORG", "https://vault.example.org/", true],
  ["HTTPS://vault.example.org:443", "https://vault.example.org", true],
  ["http://vault.example.org:80//", "http://vault.example.org", true],
  ["https://u:p@vault.example.org/team/", "https://vault.example.org/team", true],
  ["https://vault.example.org", "http://vault.example.org", false],
  ["https://vault.example.org", "https://vault.example.org:8200", false],
  ["https://vault.example.org/team", "https://vault.example.org/other", false],
  ["https://vault.example.org", "https://vault.example.org.evil.example", false],
  ["https://vault.example.org", "https://vault.example.org@evil.example", false],
  ["https://vault.example.org", "https://evil.example/vault.example.org", false],
  ["vault.example.org", "https://vault.example.org", false],
])("%s and %s: one server? %s", (a, b, same) => {
  expect(sameServer(a, b)).toBe(same);
});

test("an address of slashes alone takes no time", () => {
  expect(sameServer(`https://vault.example.org${"/".repeat(1_000_000)}`, "https://vault.example.org")).toBe(true);
});
