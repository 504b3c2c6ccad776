import { readFile } from "node:fs/promises";
import { afterAll, beforeEach, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { phalanx, ROOT } from "./support/cli.js";
import { countConnections } from "./support/counted-connections.js";
import { environmentFiles, makeTree } from "./support/tree.js";

const APPLICATIONS = Array.from({ length: 40 }, (_, i) => `app-${i}`);
const SECRETS = "k: {description: x, generate: {type: password}}\nl: {description: x, generate: {type: password}}\n";
const tree = await makeTree(
  environmentFiles("http://127.0.0.1:1", Object.fromEntries(APPLICATIONS.map((name) => [name, { secrets: SECRETS }]))),
);
let seen: string[] = [];
const vault = await startVault({
  onRequest: ({ method, path }) => {
    const [area = "", kind = ""] = path.split("/");
    seen.push(area === "secret" ? `${method} ${kind}` : `${method} ${path}`);
  },
});
afterAll(() => Promise.all([vault.close(), tree.remove()]));
const environment = { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${tree.root}/state` };

/** How often a command asks Vault for what. */
async function requests(
  args: readonly string[],
  { at = vault, env = environment }: { at?: Pick<TestVault, "url">; env?: Record<string, string> } = {},
): Promise<Record<string, number>> {
  seen = [];
  const finished = await phalanx([...args, "--vault-address", at.url], { cwd: tree.root, env });
  expect(finished.stderr).not.toContain("Error");
  const counts: Record<string, number> = {};
  for (const request of seen) counts[request] = (counts[request] ?? 0) + 1;
  return counts;
}

const READS = { "LIST metadata": 1, "GET data": 40 };

beforeEach(async () => {
  await requests(["secrets", "sync", "test"]);
});

test("an audit, a plan and a sync without changes are one LIST, and one GET for each application", async () => {
  expect(await requests(["secrets", "audit", "test"])).toEqual(READS);
  expect(await requests(["secrets", "plan", "test"])).toEqual(READS);
  expect(await requests(["secrets", "missing", "test"])).toEqual(READS);
  expect(await requests(["secrets", "sync", "test"])).toEqual(READS);
});

test("an audit of an empty Vault is one LIST, and one look at the mount that proves the 404", async () => {
  const empty = await startVault({
    token: vault.rootToken,
    onRequest: ({ method, path }) => void seen.push(`${method} ${path}`),
  });
  expect(await requests(["secrets", "audit", "test"], { at: empty })).toEqual({
    "LIST secret/metadata/phalanx/test/": 1,
    "GET sys/internal/ui/mounts/secret/phalanx/test": 1,
  });
  await empty.close();
});

test("a change adds a look at the capabilities and one at the leader, and four requests for each application that changes", async () => {
  const rotated = await requests(["secrets", "rotate", "test", "app-3/k", "app-3/l", "app-7/k", "--yes"]);
  expect(rotated).toEqual({
    ...READS,
    "POST sys/capabilities-self": 1,
    "POST data": 2,
    "GET metadata": 4,
    "POST metadata": 2,
    "GET sys/leader": 1,
  });
});

test("a login adds itself and a revocation", async () => {
  const call = async (path: string, body: object): Promise<Record<string, Record<string, string>>> => {
    const headers = { "X-Vault-Token": vault.rootToken };
    const answer = await fetch(`${vault.url}/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return answer.status === 204 ? {} : ((await answer.json()) as Record<string, Record<string, string>>);
  };
  await call("sys/auth/approle", { type: "approle" });
  await call("sys/policies/acl/reader", { policy: 'path "secret/*" { capabilities = ["read", "list"] }' });
  await call("auth/approle/role/reader", { token_policies: "reader" });
  const headers = { "X-Vault-Token": vault.rootToken };
  const role = await fetch(`${vault.url}/v1/auth/approle/role/reader/role-id`, { headers });
  const { data } = (await role.json()) as { data: { role_id: string } };
  const secret = await call("auth/approle/role/reader/secret-id", {});
  const env = { VAULT_ROLE_ID: data.role_id, VAULT_SECRET_ID: secret["data"]?.["secret_id"] ?? "" };
  expect(await requests(["secrets", "audit", "test", "--auth", "approle"], { env })).toEqual({
    ...READS,
    "POST auth/approle/login": 1,
    "POST auth/token/revoke-self": 1,
  });
});

test("connections, and with them TLS handshakes, are as many as there are parallel requests", async () => {
  const directory = `${ROOT}test/fixtures/tls`;
  const [key, cert] = await Promise.all(["key", "cert"].map((name) => readFile(`${directory}/${name}.pem`, "utf8")));
  const secure = await startVault({ token: vault.rootToken, tls: { key: key ?? "", cert: cert ?? "" } });
  const relay = await countConnections(secure.url);
  const env = { ...environment, VAULT_CACERT: `${directory}/cert.pem` };
  const at = { url: `https://127.0.0.1:${relay.port}` };
  await requests(["secrets", "sync", "test"], { at, env });
  const before = relay.count();
  expect(before).toBeLessThanOrEqual(16);
  await requests(["secrets", "audit", "test"], { at, env });
  expect(relay.count() - before).toBeLessThanOrEqual(16);
  await relay.close();
  await secure.close();
});
