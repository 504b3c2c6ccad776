import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRealVault } from "../support/real-vault.js";
import { REAL_SERVER, type TestVault } from "../support/vault.js";
import { type Lab, openLab } from "../support/lab.js";

interface Issued {
  readonly certificate: string;
  readonly private_key: string;
  readonly issuing_ca: string;
}

let lab: Lab;
/** A server whose certificate is for a name, and one that asks for the client's, too. */
let named: TestVault;
let guarded: TestVault;
let authority: string;

beforeAll(async () => {
  // The first server is the authority of the others.
  lab = await openLab();
  const issue = async (mount: string, body: object): Promise<Issued> =>
    (await lab.must({ method: "POST", path: `${mount}/issue/any`, body: { common_name: "x.example.org", ...body } }))
      .data as unknown as Issued;
  for (const mount of ["pki", "other-pki"]) {
    await lab.must({ method: "POST", path: `sys/mounts/${mount}`, body: { type: "pki" } });
    await lab.must({
      method: "POST",
      path: `${mount}/root/generate/internal`,
      body: { common_name: `${mount} test authority`, key_type: "ec" },
    });
    await lab.must({
      method: "POST",
      path: `${mount}/roles/any`,
      body: { allow_any_name: true, key_type: "ec", max_ttl: "1h" },
    });
  }
  const [forName, forAddress, client, foreign] = await Promise.all([
    issue("pki", { common_name: "vault.example.org" }),
    issue("pki", { ip_sans: "127.0.0.1" }),
    issue("pki", { common_name: "deployer" }),
    issue("other-pki", { common_name: "deployer" }),
  ]);
  authority = forName.issuing_ca;
  for (const [name, { certificate, private_key }] of Object.entries({ client, foreign })) {
    await lab.tree.write(`${name}.pem`, certificate);
    await lab.tree.write(`${name}-key.pem`, private_key);
  }
  await lab.tree.write("ca.pem", authority);
  await lab.tree.write("other-ca.pem", foreign.issuing_ca);
  await mkdir(join(lab.tree.root, "authorities"));
  await lab.tree.write("authorities/a.pem", foreign.issuing_ca);
  await lab.tree.write("authorities/b.pem", authority);
  const start = ({ certificate, private_key }: Issued, clients?: string): Promise<TestVault> =>
    startRealVault(REAL_SERVER ?? "", {
      tls: { cert: certificate, key: private_key, ...(clients === undefined ? {} : { clients }) },
    });
  [named, guarded] = await Promise.all([start(forName), start(forAddress, authority)]);
});
afterAll(() => Promise.all([lab, named, guarded].map((opened) => opened.close())));

const audit = ({ url, rootToken }: TestVault, env: Record<string, string>) =>
  lab.run(["secrets", "audit", "test", "--secrets", "one.yaml", "--vault-address", url], {
    VAULT_TOKEN: rootToken,
    ...env,
  });
const SOURCE = "static secrets of test: from one.yaml\n";
const FINE = { exit: 1, stdout: "Missing secrets:\n• a p\n• a s\n• b c\n", stderr: SOURCE };

const refusal = ({ url }: TestVault, code: string) => ({
  exit: 2,
  stdout: "",
  stderr: expect.stringMatching(`Error: Cannot reach Vault at ${url} \\(${code}\\)\nHint: .*\n$`),
});

describe("a server whose certificate is for a name", () => {
  const NAME = { VAULT_TLS_SERVER_NAME: "vault.example.org" };

  test.each([
    ["VAULT_CACERT", "ca.pem"],
    ["VAULT_CAPATH", "authorities"],
  ])("is trusted by %s and VAULT_TLS_SERVER_NAME together", async (variable, path) => {
    expect(await audit(named, { ...NAME, [variable]: path })).toEqual(FINE);
  });

  test.each([
    ["no authority", NAME, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["another authority", { ...NAME, VAULT_CACERT: "other-ca.pem" }, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["no name", { VAULT_CACERT: "ca.pem" }, "ERR_TLS_CERT_ALTNAME_INVALID"],
    [
      "another name",
      { VAULT_CACERT: "ca.pem", VAULT_TLS_SERVER_NAME: "other.example.org" },
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
  ])("is not trusted with %s", async (_, env, code) => {
    expect(await audit(named, env)).toEqual(refusal(named, code));
  });

  test("is told from one that nobody vouches for", async () => {
    expect((await audit(named, { VAULT_CACERT: "ca.pem" })).stderr).toContain("VAULT_TLS_SERVER_NAME");
  });

  test("is taken unseen with VAULT_SKIP_VERIFY, with a warning", async () => {
    expect(await audit(named, { VAULT_SKIP_VERIFY: "1" })).toEqual({
      ...FINE,
      stderr: `Warning: VAULT_SKIP_VERIFY is set: anyone who can intercept the traffic gets the token and the secrets\n${SOURCE}`,
    });
  });
});

describe("a server that asks for the client's certificate", () => {
  const trusted = { VAULT_CACERT: "ca.pem" };
  const own = { VAULT_CLIENT_CERT: "client.pem", VAULT_CLIENT_KEY: "client-key.pem" };

  test("lets in whoever has one, to write, too", async () => {
    expect(await audit(guarded, { ...trusted, ...own })).toEqual(FINE);
    expect(await audit(guarded, { VAULT_CAPATH: "authorities", ...own })).toEqual(FINE);
    await lab.environment("written", "secret/phalanx/written");
    const sync = ["secrets", "sync", "written", "--secrets", "one.yaml", "--vault-address", guarded.url];
    expect(await lab.run(sync, { ...trusted, ...own, VAULT_TOKEN: guarded.rootToken })).toMatchObject({
      exit: 0,
      stdout: "Created Vault secret for a\nCreated Vault secret for b\n",
    });
  });

  const REFUSALS: readonly [string, Record<string, string>, string][] = [
    ["none", {}, "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"],
    [
      "one of another authority",
      { VAULT_CLIENT_CERT: "foreign.pem", VAULT_CLIENT_KEY: "foreign-key.pem" },
      "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
    ],
    // Neither is sent without the other.
    ["no key to it", { VAULT_CLIENT_CERT: "client.pem" }, "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"],
    ["a key alone", { VAULT_CLIENT_KEY: "client-key.pem" }, "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"],
  ];

  test.each(REFUSALS)("refuses %s, and nothing was written", async (_, env, code) => {
    for (const command of ["audit", "sync"]) {
      const args = ["secrets", command, "test", "--secrets", "two.yaml", "--vault-address", guarded.url];
      expect(await lab.run(args, { ...trusted, ...env, VAULT_TOKEN: guarded.rootToken })).toEqual(
        refusal(guarded, code),
      );
    }
  });

  test.each(REFUSALS)("is said to refuse %s, and not to be trusted itself", async (_, env) => {
    expect((await audit(guarded, { ...trusted, ...env })).stderr).toContain("VAULT_CLIENT_CERT");
  });
});
