import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { phalanx } from "./support/cli.js";
import { openKv } from "./support/kv.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const VALUE = "canary-in-a-body";
const APPLICATIONS = { app: { secrets: "static: {description: x}\n" } };

describe("the log of requests", () => {
  let vault: TestVault;
  let tree: TestTree;
  let env: Record<string, string>;

  beforeEach(async () => {
    vault = await startVault();
    tree = await makeTree({
      ...environmentFiles(vault.url, APPLICATIONS),
      "static.yaml": `applications: {app: {static: {value: ${VALUE}}}}\n`,
    });
    env = { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${tree.root}/state` };
  });
  afterEach(() => Promise.all([vault.close(), tree.remove()]));

  const sync = (...words: string[]): ReturnType<typeof phalanx> =>
    phalanx([...words, "secrets", "sync", "test", "--secrets", "static.yaml"], { cwd: tree.root, env });

  test("has a line for each request, on stderr, before or after the command's name", async () => {
    const { stdout, stderr } = await sync("--verbose");
    expect(stdout).toBe("Created Vault secret for app\n");
    expect(stderr).toMatch(/^Vault: GET \/v1\/secret\/metadata\/phalanx\/test\/ 404 \d+ ms$/m);
    expect(stderr).toMatch(/^Vault: POST \/v1\/secret\/data\/phalanx\/test\/app 200 \d+ ms$/m);
    const after = await phalanx(["secrets", "audit", "test", "--verbose"], { cwd: tree.root, env });
    expect(after.stderr).toMatch(/^Vault: GET \/v1\/secret\/data\/phalanx\/test\/app 200 \d+ ms$/m);
  });

  test("is JSON for machines", async () => {
    await sync();
    const { stderr } = await sync("--log-format", "json");
    const logged = stderr.split("\n").filter((line) => line.startsWith("{"));
    expect(logged.map((line) => JSON.parse(line) as unknown)).toContainEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      server: "Vault",
      method: "GET",
      path: "/v1/secret/data/phalanx/test/app",
      status: 200,
      ms: expect.any(Number),
    });
  });

  test("holds no value, no token, no query and nothing of a login", async () => {
    const kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
    await kv.call("POST", "sys/auth/approle", { type: "approle" });
    await kv.call("PUT", "sys/policies/acl/reader", { policy: 'path "secret/*" { capabilities = ["read", "list"] }' });
    await kv.call("POST", "auth/approle/role/reader", { token_policies: "reader" });
    await kv.call("POST", "auth/approle/role/reader/role-id", { role_id: "canary-role-id" });
    await kv.call("POST", "auth/approle/role/reader/custom-secret-id", { secret_id: "canary-secret-id" });
    const login = { ...env, VAULT_TOKEN: "", VAULT_ROLE_ID: "canary-role-id", VAULT_SECRET_ID: "canary-secret-id" };
    const { stderr } = await phalanx(["secrets", "audit", "test", "--auth", "approle", "--verbose"], {
      cwd: tree.root,
      env: login,
    });
    expect(stderr).toMatch(/^Vault: POST \/v1\/auth\/approle\/login 200 \d+ ms$/m);
    for (const { stderr: logged } of [{ stderr }, await sync("--verbose", "--log-format", "json")]) {
      expect(logged).not.toContain("canary");
      expect(logged).not.toContain(vault.rootToken);
      expect(logged).not.toContain("?");
    }
  });

  test("says why there was no answer", async () => {
    const { stderr } = await phalanx(
      ["secrets", "audit", "test", "--vault-address", "http://127.0.0.1:1", "--verbose"],
      {
        cwd: tree.root,
        env,
      },
    );
    expect(stderr).toMatch(/^Vault: GET \/v1\/\S+ ECONNREFUSED \d+ ms$/m);
  });
});
