import { readdir } from "node:fs/promises";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { phalanxHere } from "./support/cli.js";
import { changeJson, counter, fuzz, type JsonChange, jsonChanges, patience } from "./support/fuzz.js";
import { openKv } from "./support/kv.js";
import { type Fate, type Proxy, type ProxiedRequest, startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const APPLICATIONS = {
  app: {
    secrets:
      "p: {description: x, generate: {type: password}}\ns: {description: x}\nt: {description: x, generate: {type: template, template: 'x://${s}'}}\n",
  },
  other: { secrets: "c: {copy: {application: app, key: s}}\n" },
};

const COMMANDS = [
  "secrets audit test --secrets static.yaml",
  "secrets audit test --secrets static.yaml --json --verify",
  "secrets plan test --secrets static.yaml --delete --json",
  "secrets plan test --secrets static.yaml --regenerate",
  "secrets sync test --secrets static.yaml",
  "secrets sync test --secrets static.yaml --delete --allow-mass-delete",
  "secrets rotate test app/p --yes",
  "secrets set test app/s --yes",
  "secrets history test",
  "secrets history test --json",
  "secrets explain test app",
  "secrets restore test --kv-version 1 app --partial",
  "secrets restore test --at 2026-01-01T00:00:00Z --dry-run",
  "vault audit test",
  "vault preflight test",
  "vault copy-secrets test secret/old --overwrite",
  "vault create-read-approle test",
  "vault create-write-token test",
  "vault export-secrets test",
  "fleet audit test --json",
];

let vault: TestVault;
let proxy: Proxy;
let tree: TestTree;
let change: { readonly at: number; readonly by: JsonChange } | undefined;
let substitute: (request: ProxiedRequest) => Fate | undefined = () => undefined;
let seen = 0;
let runs = 0;
const inputs = counter("answers of Vault");

/** What the server really answers, changed. */
async function changed({ method, path, token, body }: ProxiedRequest, by: JsonChange): Promise<Fate> {
  const answer = await fetch(`${vault.url}/v1/${path}`, {
    method,
    headers: token === undefined ? {} : { "x-vault-token": token },
    ...(body === "" ? {} : { body }),
  });
  return { status: answer.status === 204 ? 200 : answer.status, body: changeJson(await answer.text(), by) };
}

beforeEach(async () => {
  vault = await startVault();
  proxy = await startProxy(vault.url, (request) =>
    change !== undefined && seen++ === change.at ? changed(request, change.by) : (substitute(request) ?? "pass"),
  );
  tree = await makeTree(
    environmentFiles(proxy.url, APPLICATIONS, {
      "static.yaml": "applications: {app: {s: {value: a static value}}}\n",
    }),
  );
  const [kv, old] = ["secret/phalanx/test", "secret/old"].map((prefix) => openKv(vault.url, vault.rootToken, prefix));
  await kv?.call("POST", "sys/auth/approle", { type: "approle" });
  await kv?.put("app", { s: "stored", n: 5, deep: { list: [1, 2] } });
  await kv?.put("app", { s: "stored again", p: "a password", n: 5 });
  await kv?.put("stranger", { x: "1" });
  await kv?.put("gone", { x: "1" });
  await kv?.softDelete("gone");
  await old?.put("app", { s: "older" });
});
afterEach(async () => {
  await proxy.close();
  await vault.close();
  await tree.remove();
});
afterAll(inputs.report);

async function run(command: string, env: Record<string, string> = {}) {
  runs += 1;
  const directory = command.startsWith("vault export") ? [`export-${runs}`] : [];
  return phalanxHere([...command.split(" "), ...directory], {
    cwd: tree.root,
    env: { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${tree.root}/state`, HOME: tree.root, ...env },
    input: "a typed value",
  });
}

/** Everything that this program may ask of a server. */
const PERMITTED = [
  /^secret\/(data|metadata|delete|undelete|destroy)\/(phalanx\/test|old)\/[^/]*$/,
  /^secret\/metadata\/(phalanx\/test|old)\/$/,
  /^sys\/internal\/ui\/mounts\/secret\/(phalanx\/test|old)$/,
  /^sys\/(capabilities-self|policies\/acl\/phalanx\/test\/(read|write)|internal\/ui\/mounts(\/[^/]+)?)$/,
  /^sys\/leader$/,
  // After how long the mount deletes versions.
  /^secret\/config$/,
  /^auth\/token\/(lookup-self|create|create-orphan|accessors|lookup-accessor|revoke-accessor|renew-accessor)\/?$/,
  /^auth\/approle\/role\/[^/]+(\/(role-id|secret-id|secret-id-accessor\/destroy))?\/?$/,
];

describe("a server that answers wrongly", () => {
  test("brings about success or a clear error, and no request outside of the prefix", {
    timeout: patience(30_000),
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...COMMANDS), fc.nat(9), jsonChanges, async (command, at, by) => {
        inputs.count();
        seen = 0;
        change = { at, by };
        const { exit, stdout, stderr } = await run(command).finally(() => (change = undefined));
        expect([0, 1, 2]).toContain(exit);
        if (exit === 2) expect(stderr).toMatch(/^Error: .+$/m);
        expect(stdout + stderr).not.toMatch(/^ {4}at /m);
        expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
      fuzz(100),
    );
    const paths = [...new Set(proxy.requests.map(({ path }) => path))];
    expect(paths.length).toBeGreaterThan(20);
    const strange = paths.filter((path) => {
      const [way = "", query = ""] = path.split("?");
      const normal = new URL(`http://x/${way}`).pathname.slice(1);
      return normal !== way || !PERMITTED.some((form) => form.test(way)) || !/^(list=true|version=\d+)?$/.test(query);
    });
    expect(strange).toEqual([]);
    const written = (await readdir(tree.root)).filter(
      (name) => !/^(environments|applications|static\.yaml|state|export-\d+)$/.test(name),
    );
    expect(written).toEqual([]);
  });

  test.each(["../x", "..", ".", "../../sys/seal", "a/../../b", "/etc/cron.d/x", "", "\ud800"])(
    "leads nowhere with a listed name that no secret can have: %j",
    async (listed) => {
      const body = JSON.stringify({ data: { keys: ["app", listed] } });
      substitute = ({ path }) => (path.includes("?list=true") ? { status: 200, body } : undefined);
      const before = await readdir(tree.root);
      for (const command of [
        "secrets audit test --secrets static.yaml",
        "secrets sync test --secrets static.yaml --delete --allow-mass-delete",
        "secrets restore test --kv-version 1 app --partial",
        "vault copy-secrets test secret/old --overwrite",
        "vault export-secrets test",
      ]) {
        const sent = proxy.requests.length;
        const { exit, stderr } = await run(command);
        expect([command, exit, stderr]).toEqual([
          command,
          2,
          expect.stringContaining("a name that no secret can have"),
        ]);
        const others = proxy.requests
          .slice(sent)
          .map(({ method, path }) => `${method} ${path}`)
          .filter(
            (request) =>
              !/^GET (?:secret\/(data|metadata)\/(phalanx\/test|old)\/(app|other|\?list=true)|sys\/internal\/ui\/mounts\/.*)$/.test(
                request,
              ),
          );
        expect(others).toEqual([]);
      }
      expect(await readdir(tree.root)).toEqual(before);
      substitute = () => undefined;
    },
  );

  test.each([
    ["vault create-write-token test", /auth\/token\/create/, "revoke-accessor"],
    ["vault create-read-approle test", /\/secret-id$/, "secret-id-accessor/destroy"],
  ])("a new credential that is not valid does not revoke an old one: %s", async (command, making, ending) => {
    expect((await run(command)).exit).toBe(0);
    const sent = proxy.requests.length;
    substitute = ({ method, path }) =>
      method === "POST" && making.test(path) ? { status: 200, body: '{"auth": {}, "data": {}}' } : undefined;
    const { exit, stdout, stderr } = await run(command).finally(() => (substitute = () => undefined));
    // The policy was written before.
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr).toMatch(/it lacks "(secret_id|client_token)"; no new (SecretID|token) was received/);
    expect(proxy.requests.slice(sent).filter(({ path }) => path.includes(ending))).toEqual([]);
  });
});
