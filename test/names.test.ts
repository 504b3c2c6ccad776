import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { phalanxHere, type Finished } from "./support/cli.js";
import { openKv, type Kv } from "./support/kv.js";
import { type Proxy, startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const HOSTILE = "prod;touch${IFS}x";

let vault: DevVault;
let proxy: Proxy;
let tree: TestTree;
let kv: Kv;

beforeAll(async () => {
  vault = await startDevVault();
  proxy = await startProxy(vault.url, ({ method, path }) => {
    if (path.startsWith("auth/approle/role/test/secret-id?list=true"))
      return { status: 200, body: JSON.stringify({ data: { keys: ["x; touch pwned"] } }) };
    const refused = ["secret/data/phalanx/test/c", `secret/metadata/phalanx/test/${encodeURIComponent("$(id)")}`];
    return method === "POST" && refused.includes(path) ? { status: 403, body: "{}" } : "pass";
  });
  const files = environmentFiles(proxy.url, { app: { secrets: "k: {description: x, generate: {type: password}}\n" } });
  const settings = files["environments/values-test.yaml"] ?? "";
  tree = await makeTree({
    ...files,
    [`environments/values-${HOSTILE}.yaml`]: settings,
    "environments/values-glob.yaml": settings.replace("secret/phalanx/test", '"secret/*"'),
    "applications/.git/HEAD": "x",
    "applications/app~/Chart.yaml": "x: [",
    "static $(id).yaml": "{}",
  });
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/old");
  await kv.call("POST", "sys/auth/approle", { type: "approle" });
});
afterAll(async () => {
  await proxy.close();
  await vault.close();
  await tree.remove();
});

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> =>
  phalanxHere(args, {
    cwd: tree.root,
    env: { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${tree.root}/state`, HOME: tree.root, ...env },
  });

describe("a name that cannot be one", () => {
  test.each<[string, string[], Record<string, string>, string]>([
    ["of an environment", ["secrets", "sync", HOSTILE], {}, `"${HOSTILE}" is not a valid environment name`],
    ["in a prefix", ["vault", "create-write-token", "glob"], {}, 'contains "*", which is not a valid name'],
    ["in an old prefix", ["vault", "copy-secrets", "test", "secret/+/x"], {}, 'OLDPREFIX "secret/+/x" contains "+"'],
    ["in an old prefix as a slash", ["vault", "copy-secrets", "test", "/secret/x"], {}, "begins with a slash"],
    [
      "of an auth mount",
      ["secrets", "audit", "test", "--auth", "approle", "--auth-mount", "approle/../x"],
      {},
      '--auth-mount "approle/../x" is not a valid mount path',
    ],
    [
      "of a namespace",
      ["secrets", "audit", "test"],
      { VAULT_NAMESPACE: "a b" },
      "VAULT_NAMESPACE is not a valid namespace",
    ],
  ])("%s is refused before anything is sent", async (_, words, env, message) => {
    // Another run may have asked ahead, and not have its answer yet.
    const token = `token-${words.join("-")}`;
    const { exit, stdout, stderr } = await run(words, { VAULT_TOKEN: token, ...env });
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain("Hint: ");
    expect(proxy.requests.filter((request) => request.token === token)).toEqual([]);
  });

  test("disturbs nobody who does not use it, and is not offered", async () => {
    expect(await run(["secrets", "list", "test"])).toEqual({ exit: 0, stdout: "app k\n", stderr: "" });
    expect((await run(["secrets", "list", "prod"])).stderr).toContain("Known environments: glob, test.");
    expect((await run(["__complete", "--", "secrets", "list", ""])).stdout).toBe("glob\ntest\n");
  });

  test("keeps others from deleting, as it may share their prefix", async () => {
    const { exit, stderr } = await run(["secrets", "sync", "test", "--delete", "--yes"]);
    expect(exit).toBe(2);
    expect(stderr).toContain(`A deletion must read every environment, but these cannot be read: glob, ${HOSTILE}`);
  });
});

describe("what is printed to be pasted", () => {
  test("quotes what a server gave", async () => {
    const { stderr } = await run(["vault", "create-read-approle", "test", "--keep-old"]);
    expect(stderr).toContain(
      "    vault write auth/approle/role/test/secret-id-accessor/destroy 'secret_id_accessor=x; touch pwned'\n",
    );
  });

  test("quotes names that others gave in Vault", async () => {
    for (const application of ["$(id)", "c"]) await kv.put(application, { k: "old" });
    await openKv(vault.url, vault.rootToken, "secret/phalanx/test").put("$(id)", { k: "new" });
    const { exit, stderr } = await run(["vault", "copy-secrets", "test", "secret/phalanx/old", "--overwrite", "--yes"]);
    expect(exit).toBe(1);
    expect(stderr).toContain(
      "To undo the write to $(id), which was not recorded: phalanx secrets restore test --kv-version 1 '$(id)'\n",
    );
  });

  test("quotes names of files", async () => {
    const { stdout } = await run(["secrets", "plan", "test", "--secrets", "static $(id).yaml", "--out", "it's"]);
    expect(stdout).toContain(`phalanx secrets sync test --plan 'it'\\''s' --secrets 'static $(id).yaml'\n`);
    expect(existsSync(`${tree.root}/it's`)).toBe(true);
  });
});
