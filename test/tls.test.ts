import { generateKeyPairSync } from "node:crypto";
import { copyFile, mkdir, readFile, symlink } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { phalanx, phalanxProcess, ROOT } from "./support/cli.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const TLS = `${ROOT}test/fixtures/tls`;
let vault: TestVault;
let tree: TestTree;

beforeAll(async () => {
  const [key, cert] = await Promise.all([readFile(`${TLS}/key.pem`, "utf8"), readFile(`${TLS}/cert.pem`, "utf8")]);
  vault = await startVault({ tls: { key, cert } });
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
    stderr: `Error: Cannot reach Vault at ${vault.url} (DEPTH_ZERO_SELF_SIGNED_CERT)\nHint: The server's certificate is not trusted. Give its CA certificate with VAULT_CACERT, or check vaultUrl.\n`,
  });
});

test("a trusted certificate of another name is refused", async () => {
  const elsewhere = vault.url.replace("127.0.0.1", "localhost");
  const finished = await phalanx(["secrets", "audit", "test", "--vault-address", elsewhere], {
    cwd: tree.root,
    env: { VAULT_TOKEN: vault.rootToken, VAULT_CACERT: `${TLS}/cert.pem` },
  });
  expect(finished).toMatchObject({
    exit: 2,
    stdout: "",
    stderr: expect.stringContaining(`Error: Cannot reach Vault at ${elsewhere} (ERR_TLS_CERT_ALTNAME_INVALID)\n`),
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
    stderr: "Error: nowhere.pem cannot be read (ENOENT)\nHint: Check the environment variable VAULT_CLIENT_CERT.\n",
  });
});

test("VAULT_CAPATH takes certificates under any name, and nothing else", async () => {
  const directory = join(tree.root, "authorities");
  await mkdir(join(directory, "sub"), { recursive: true });
  await symlink(join(directory, "nowhere"), join(directory, "dangling"));
  await tree.write("authorities/README", "Not a certificate.\n");
  const env = { VAULT_CAPATH: "authorities" };
  expect(await audit(env)).toMatchObject({
    exit: 2,
    stderr:
      "Error: authorities contains no certificate file\nHint: Give it in PEM: check the environment variable VAULT_CAPATH.\n",
  });
  await copyFile(`${TLS}/cert.pem`, join(directory, "1a2b3c4d.0"));
  expect(await audit(env)).toMatchObject({ exit: 1, stdout: "Missing secrets:\n• app k\n", stderr: "" });
});

test("a client's certificate and key are taken if they belong together", async () => {
  const [cert, key] = [`${TLS}/cert.pem`, `${TLS}/key.pem`];
  const trusted = { VAULT_CACERT: cert };
  expect(await audit({ ...trusted, VAULT_CLIENT_CERT: cert, VAULT_CLIENT_KEY: key })).toMatchObject({ exit: 1 });
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  await tree.write("other.pem", privateKey);
  expect(await audit({ ...trusted, VAULT_CLIENT_CERT: cert, VAULT_CLIENT_KEY: "other.pem" })).toMatchObject({
    exit: 2,
    stderr: "Error: VAULT_CLIENT_KEY is not the key of VAULT_CLIENT_CERT\nHint: Check both environment variables.\n",
  });
});

const ENCRYPTED = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" },
}).privateKey;
const block = (what: string): string => `-----BEGIN ${what}-----\nhunter2\n-----END ${what}-----\n`;

test.each([
  ["VAULT_CACERT", "hunter2", "contains no certificate"],
  ["VAULT_CLIENT_CERT", "hunter2", "contains no certificate"],
  ["VAULT_CLIENT_CERT", block("CERTIFICATE"), "contains a certificate that cannot be read"],
  ["VAULT_CLIENT_KEY", "hunter2", "contains no private key"],
  ["VAULT_CLIENT_KEY", block("PRIVATE KEY"), "contains a key that cannot be read"],
  ["VAULT_CLIENT_KEY", ENCRYPTED, "is encrypted"],
])("%s with %j is one line, with its variable", async (name, content, what) => {
  await tree.write("given.pem", content);
  const { exit, stderr } = await audit({ [name]: "given.pem" });
  expect([exit, stderr.split("\n")]).toEqual([
    2,
    [
      `Error: given.pem ${what}`,
      expect.stringMatching(`^Hint: Give .*: check the environment variable ${name}\\.$`),
      "",
    ],
  ]);
});

test("no variable of Node's switches verification off", async () => {
  const env = { VAULT_TOKEN: vault.rootToken, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  expect(await phalanxProcess(["secrets", "audit", "test"], { cwd: tree.root, env })).toMatchObject({
    exit: 2,
    stdout: "",
    stderr: expect.stringContaining(`Error: Cannot reach Vault at ${vault.url} (DEPTH_ZERO_SELF_SIGNED_CERT)\n`),
  });
});

test("what a client's certificate lacks is said by the server, and does not look like its own fault", async () => {
  const [key, cert] = await Promise.all([readFile(`${TLS}/key.pem`, "utf8"), readFile(`${TLS}/cert.pem`, "utf8")]);
  const strict = createServer({ key, cert, ca: cert, requestCert: true, rejectUnauthorized: true });
  await new Promise<void>((done) => void strict.listen(0, "127.0.0.1", done));
  const url = `https://127.0.0.1:${(strict.address() as AddressInfo).port}`;
  const finished = await phalanx(["secrets", "sync", "test", "--vault-address", url], {
    cwd: tree.root,
    env: { VAULT_TOKEN: "x", VAULT_CACERT: `${TLS}/cert.pem` },
  });
  strict.close();
  expect(finished).toMatchObject({
    exit: 2,
    stderr: `Error: Cannot reach Vault at ${url} (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED)\nHint: The server requires a client certificate that it trusts. Check --vault-address and VAULT_CLIENT_CERT.\n`,
  });
});

test("http:// on a TLS port says so", async () => {
  await tree.write(
    "environments/values-plain.yaml",
    `vaultUrl: ${vault.url.replace("https:", "http:")}\nvaultPathPrefix: secret/phalanx/plain\napplications: {app: true}\n`,
  );
  const { exit, stderr } = await phalanx(["secrets", "audit", "plain"], { cwd: tree.root, env: { VAULT_TOKEN: "x" } });
  expect(exit).toBe(2);
  expect(stderr).toMatch(/^Error: .*\nHint: .*\n$/);
});
