import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { FLEET_CONFIG } from "../src/model/configuration-files.js";
import { sealAge } from "../src/sources/encrypted/age.js";
import { type Finished, phalanx, ROOT } from "./support/cli.js";
import { type Listener, startListener } from "./support/listener.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const APP = { app: { secrets: "s: {description: x}\n" } };
const RECIPIENT = "age1yl2ckzsqde5kkyx48er6kuc2lxvzaywxw8h2kuyvzh00s0xp4vlqktwnre";
const SECRET = "something-that-this-machine-keeps";

/** What the operator has, none of it meant for the environment `test`. */
const env = (): Record<string, string> => ({
  HOME: outside,
  AWS_SECRET_ACCESS_KEY: SECRET,
  VAULT_TOKEN: SECRET,
  OP_CONNECT_TOKEN: SECRET,
  VAULT_TOKEN_PROD: SECRET,
  VAULT_ROLE_ID_PROD: SECRET,
  PHALANX_AGE_IDENTITY_FILE: `${ROOT}test/fixtures/encrypted/identity.txt`,
});

let thief: Listener;
let vault: DevVault;
let tree: TestTree;
let outside: string;

beforeAll(async () => {
  [vault, outside] = [await startDevVault(), await mkdtemp(join(tmpdir(), "outside-"))];
  await mkdir(join(outside, ".ssh"));
  for (const name of [".ssh/id_ed25519", "token"]) await writeFile(join(outside, name), SECRET);
});
beforeEach(async () => {
  thief = await startListener();
  tree = await makeTree({
    ...environmentFiles(thief.url, APP),
    "environments/values-prod.yaml": `vaultUrl: ${vault.url}\nvaultPathPrefix: secret/phalanx/prod\napplications: {app: true}\n`,
    "inside.yaml": "applications: {app: {s: {value: one}}}\n",
    ".env": `applications: {app: {s: {value: ${SECRET}}}}\n`,
    "checkout/.git/config": `url: https://u:${SECRET}@git.example.org\n`,
  });
});
afterEach(() => Promise.all([thief.close(), tree.remove()]));
afterAll(() => Promise.all([vault.close(), rm(outside, { recursive: true })]));

const audit = (...args: string[]): Promise<Finished> =>
  phalanx(["fleet", "audit", ...args], { cwd: tree.root, env: env() });
const lint = (): Promise<Finished> => phalanx(["lint"], { cwd: tree.root });
/** The pull request: an entry for `test`, whose server is the thief's. */
const propose = (entry: string): Promise<void> => tree.write(FLEET_CONFIG, `environments:\n  test: {${entry}}\n`);
const HINT = "Put it in your own file, outside the configuration: phalanx fleet audit --fleet-config FILE";

const BEYOND: readonly (readonly [entry: string, field: string, problem: string])[] = [
  ["tokenVariable: AWS_SECRET_ACCESS_KEY", "tokenVariable", "can only be VAULT_TOKEN_TEST"],
  ["tokenVariable: VAULT_TOKEN_PROD", "tokenVariable", "can only be VAULT_TOKEN_TEST"],
  ["tokenVariable: VAULT_TOKEN", "tokenVariable", "can only be VAULT_TOKEN_TEST"],
  ["auth: approle, roleIdVariable: VAULT_ROLE_ID_PROD", "roleIdVariable", "can only be VAULT_ROLE_ID_TEST"],
  ["auth: approle, secretIdVariable: HOME", "secretIdVariable", "can only be VAULT_SECRET_ID_TEST"],
  ["connectTokenVariable: OP_CONNECT_TOKEN", "connectTokenVariable", "can only be OP_CONNECT_TOKEN_TEST"],
  ["tokenFile: inside.yaml", "tokenFile", "is not allowed in a file inside the configuration"],
  ["auth: approle, roleIdFile: ~/.ssh/id_ed25519", "roleIdFile", "is not allowed in a file inside the configuration"],
  [
    "auth: approle, secretIdFile: checkout/.git/config",
    "secretIdFile",
    "is not allowed in a file inside the configuration",
  ],
  ["connectTokenFile: /etc/passwd", "connectTokenFile", "is not allowed in a file inside the configuration"],
  ["auth: jwt, role: r, jwtFile: /etc/passwd", "jwtFile", "is not allowed in a file inside the configuration"],
  ["auth: jwt, role: r", "auth", "cannot be jwt"],
  ["auth: kubernetes, role: r", "auth", "cannot be kubernetes"],
  ["secrets: /etc/passwd", "secrets", "can only be a file inside"],
  ["secrets: ../outside.yaml", "secrets", "can only be a file inside"],
  ["secrets: applications/../../outside.yaml", "secrets", "can only be a file inside"],
  ["secrets: .env", "secrets", "can only be a file inside"],
  ["secrets: checkout/.git/config", "secrets", "can only be a file inside"],
  ["secrets: link.yaml", "secrets", "cannot be used: link.yaml: is a link to a path outside the configuration"],
];

describe("a pull request whose phalanx.fleet.yaml names what is not its own", () => {
  beforeEach(() => symlink(join(outside, "token"), join(tree.root, "link.yaml")));

  test.each(BEYOND)("%s: is refused, with nothing read or sent", async (entry, field, problem) => {
    await propose(entry);
    const { exit, stdout, stderr } = await audit();
    expect([exit, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(new RegExp(`phalanx\\.fleet\\.yaml:2:\\d+: "${field}" ${problem}`));
    expect(stderr).toContain(HINT);
    expect(stderr).not.toContain(SECRET);
    expect(thief.arrived).toEqual([]);
  });

  test.each(BEYOND)("%s: is an error of lint", async (entry, field, problem) => {
    await propose(entry);
    const { exit, stdout } = await lint();
    expect([exit, stdout]).toEqual([1, expect.stringContaining("fleet-config")]);
    expect(stdout).toContain(`"${field}" ${problem}`);
  });

  test("nor are such settings allowed as the default of all environments", async () => {
    await tree.write(FLEET_CONFIG, "defaults:\n  auth: kubernetes\n  role: r\n  jwtFile: /etc/passwd\n");
    const { exit, stderr } = await audit();
    expect(exit).toBe(2);
    expect(stderr).toContain('phalanx.fleet.yaml:2:9: "auth" cannot be kubernetes');
    expect(stderr).toContain('phalanx.fleet.yaml:4:12: "jwtFile" is not allowed in a file inside the configuration');
    expect((await lint()).exit).toBe(1);
    expect(thief.arrived).toEqual([]);
  });

  test("nor may the file be a link to one outside the configuration", async () => {
    await writeFile(join(outside, "fleet.yaml"), "environments: {test: {tokenVariable: AWS_SECRET_ACCESS_KEY}}\n");
    await symlink(join(outside, "fleet.yaml"), join(tree.root, FLEET_CONFIG));
    expect(await audit()).toMatchObject({ exit: 2, stdout: "", stderr: expect.stringContaining("a path outside") });
    expect((await lint()).stdout).toContain("a path outside the configuration");
    expect(thief.arrived).toEqual([]);
  });
});

test("a file that the operator names on the command line may name all of that", async () => {
  await writeFile(
    join(outside, "fleet.yaml"),
    `environments: {test: {auth: approle, roleIdVariable: AWS_SECRET_ACCESS_KEY, secretIdFile: ${outside}/token}}\n`,
  );
  expect((await audit("--fleet-config", join(outside, "fleet.yaml"))).exit).toBe(2);
  expect(thief.arrived.join("")).toContain("POST /v1/auth/approle/login");
});

describe("a pull request whose phalanx.fleet.yaml names a static secrets file of the tree", () => {
  test("has it compared, with the token of the environment's own variable", async () => {
    await tree.write(FLEET_CONFIG, "environments: {prod: {secrets: inside.yaml, tokenVariable: VAULT_TOKEN_PROD}}\n");
    const found = await phalanx(["fleet", "audit", "prod", "--json"], {
      cwd: join(tree.root, "applications"),
      env: { ...env(), VAULT_TOKEN_PROD: vault.rootToken },
    });
    expect(JSON.parse(found.stdout).result).toMatchObject({
      environments: [{ state: "audited", staticSource: "file" }],
    });
    expect((await lint()).stdout).not.toContain("fleet-config");
  });

  test("gets no token that is in it: the file could be another environment's", async () => {
    const ofProd = `applications: {app: {s: {value: one}}}\nvault-write-token: ${SECRET}\n`;
    await tree.write("static-prod.yaml.age", "");
    await writeFile(join(tree.root, "static-prod.yaml.age"), await sealAge(ofProd, { recipients: [RECIPIENT] }, true));
    await propose("secrets: static-prod.yaml.age");
    expect((await audit()).stdout).toContain("not audited: no credentials");
    await audit("test");
    expect(thief.arrived).toEqual([]);
    await phalanx(["fleet", "audit", "test"], { cwd: tree.root, env: { ...env(), VAULT_TOKEN_TEST: "for-the-thief" } });
    expect(thief.arrived.join("")).toContain("for-the-thief");
    expect(thief.arrived.join("")).not.toContain(SECRET);
  });

  test.each(['"a\\0b"', "x".repeat(5000), "inside.yaml/x", "nowhere.yaml"])(
    "gets an error where that cannot be read: %.20s",
    async (path) => {
      await propose(`secrets: ${path}`);
      const env = { VAULT_TOKEN_TEST: "for-the-thief" };
      const { exit, stderr } = await phalanx(["fleet", "audit", "test"], { cwd: tree.root, env });
      expect([exit, stderr]).toEqual([2, expect.stringMatching(/^Error: .*$/m)]);
      expect(thief.arrived).toEqual([]);
    },
  );

  test("is refused where that is a directory", async () => {
    await propose("secrets: applications");
    expect(await audit()).toMatchObject({ exit: 2, stderr: expect.stringContaining("is not a regular file") });
  });
});

describe("a pull request with an environment whose variables are those of another", () => {
  test.each(["Prod", "file"])("gets nothing: %s", async (name) => {
    await tree.write(
      `environments/values-${name}.yaml`,
      `vaultUrl: ${thief.url}\nvaultPathPrefix: secret/phalanx/x\napplications: {app: true}\n`,
    );
    const own = `VAULT_TOKEN_${name.toUpperCase()}`;
    await tree.write(FLEET_CONFIG, `environments: {${name}: {tokenVariable: ${own}}}\n`);
    for (const args of [[], [name]]) {
      const done = await phalanx(["fleet", "audit", ...args], {
        cwd: tree.root,
        env: { ...env(), VAULT_TOKEN_FILE: join(outside, "token") },
      });
      expect(done).toMatchObject({ exit: 2, stdout: "", stderr: expect.stringContaining(`${own} would be the token`) });
    }
    expect(thief.arrived).toEqual([]);
  });
});

test("the servers of the shell are nothing to an environment with credentials of its own", async () => {
  const done = await phalanx(["fleet", "audit", "prod"], {
    cwd: tree.root,
    env: {
      VAULT_TOKEN_PROD: vault.rootToken,
      VAULT_ADDR: "https://vault.example.org",
      OP_CONNECT_HOST: "https://connect.example.org",
    },
  });
  expect(done).toMatchObject({ exit: 1, stderr: "" });
});
