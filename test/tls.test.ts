import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { phalanx, ROOT } from "./support/cli.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const TLS = `${ROOT}test/fixtures/tls`;
let vault: DevVault;
let tree: TestTree;

beforeAll(async () => {
  const [key, cert] = await Promise.all([readFile(`${TLS}/key.pem`, "utf8"), readFile(`${TLS}/cert.pem`, "utf8")]);
  vault = await startDevVault({ tls: { key, cert } });
  const secrets = "k: {description: x, generate: {type: password}}\n";
  tree = await makeTree(environmentFiles(vault.url, { app: { secrets } }));
});
afterAll(() => Promise.all([vault.close(), tree.remove()]));

const audit = (env: Record<string, string>) =>
  phalanx(["secrets", "audit", "test"], { cwd: tree.root, env: { VAULT_TOKEN: vault.rootToken, ...env } });

test("a server whose certificate nobody vouches for is refused, with what to do", async () => {
  expect(await audit({})).toMatchObject({
    exit: 2,
    stdout: "",
    stderr: `Hint: The server's certificate is not trusted. Give its authority with VAULT_CACERT, or check vaultUrl.\nError: Cannot reach Vault at ${vault.url} (DEPTH_ZERO_SELF_SIGNED_CERT)\n`,
  });
});

test.each([
  ["VAULT_CACERT", `${TLS}/cert.pem`],
  ["VAULT_CAPATH", TLS],
])("%s names the authority to trust", async (name, value) => {
  expect(await audit({ [name]: value })).toMatchObject({ exit: 1, stdout: "Missing secrets:\n• app k\n", stderr: "" });
});

test("a file that is not there is named with its variable", async () => {
  expect(await audit({ VAULT_CLIENT_CERT: "nowhere.pem" })).toMatchObject({
    exit: 2,
    stderr: "Hint: Check the environment variable VAULT_CLIENT_CERT.\nError: nowhere.pem cannot be read (ENOENT)\n",
  });
});

test("http:// on a TLS port says so", async () => {
  await tree.write(
    "environments/values-plain.yaml",
    `vaultUrl: ${vault.url.replace("https:", "http:")}\nvaultPathPrefix: secret/phalanx/plain\napplications: {app: true}\n`,
  );
  const { exit, stderr } = await phalanx(["secrets", "audit", "plain"], { cwd: tree.root, env: { VAULT_TOKEN: "x" } });
  expect(exit).toBe(2);
  expect(stderr).toMatch(/^Hint: .*\nError: .*\n$/);
});
