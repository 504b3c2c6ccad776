import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { phalanx } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";
import { type Fate, type Proxy, startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

/** One canary for each place that a value can come from; none shares six characters with another or with a word. */
const canary = (): string => `Zq${randomBytes(18).toString("base64url").replaceAll(/[-_]/g, "x")}`;
const CANARIES = {
  rootToken: canary(),
  wrongToken: canary(),
  staticValue: canary(),
  staticMultiline: canary(),
  oidcSecret: canary(),
  registryPassword: canary(),
  writeToken: canary(),
  storedValue: canary(),
  foreignValue: canary(),
  unknownValue: canary(),
  roleSecret: canary(),
  connectToken: canary(),
  jwt: canary(),
  stdin: canary(),
} as const;

const APPLICATIONS = {
  app: {
    secrets:
      "p: {description: x, generate: {type: password}}\ns: {description: x}\nm: {description: x}\nh: {description: x, generate: {type: mtime, source: p}}\n" +
      "o: {description: x, generate: {type: oidc-clients}}\nt: {description: x, generate: {type: template, template: 'x://${s}'}}\n",
  },
  other: { secrets: "c: {copy: {application: app, key: s}}\n" },
};

const STATIC = `applications:
  app:
    s: {value: ${CANARIES.staticValue}}
    m: {value: "line\\n${CANARIES.staticMultiline}\\n"}
oidc-clients: {client: {id: i, secret: ${CANARIES.oidcSecret}, return_uri: u}}
pull-secret: {registries: {example.org: {username: u, password: ${CANARIES.registryPassword}}}}
vault-write-token: ${CANARIES.writeToken}
`;

let vault: DevVault;
let proxy: Proxy;
let tree: TestTree;
let kv: Kv;
let decide: () => Fate = () => "pass";
const emitted: { readonly command: string; readonly text: string }[] = [];
let env: Record<string, string>;

beforeAll(async () => {
  vault = await startDevVault({ token: CANARIES.rootToken });
  proxy = await startProxy(vault.url, () => decide());
  tree = await makeTree({
    ...environmentFiles(proxy.url, APPLICATIONS),
    "static.yaml": STATIC,
    "wrong-type.yaml": `applications: {app: {s: ${CANARIES.staticValue}, m: {value: [${CANARIES.staticMultiline}], valeu: ${CANARIES.oidcSecret}}}}\n`,
    "broken.yaml": `applications: {app: {s: {value: "${CANARIES.staticValue}\n`,
    "alias.yaml": `a: &${CANARIES.staticValue} x\nb: *${CANARIES.oidcSecret}\nc: !${CANARIES.registryPassword} y\n`,
    jwt: CANARIES.jwt,
  });
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
  await kv.call("POST", "sys/auth/approle", { type: "approle" });
  await kv.put("app", {
    s: CANARIES.storedValue,
    m: { deep: CANARIES.foreignValue },
    p: CANARIES.storedValue,
    extra: CANARIES.unknownValue,
  });
  await kv.put("stranger", { x: CANARIES.unknownValue });
  env = {
    VAULT_TOKEN: CANARIES.rootToken,
    OP_CONNECT_TOKEN: CANARIES.connectToken,
    VAULT_ROLE_ID: "role",
    VAULT_SECRET_ID: CANARIES.roleSecret,
    XDG_STATE_HOME: `${tree.root}/state`,
    HOME: tree.root,
  };
});
afterAll(async () => {
  await proxy.close();
  await vault.close();
  await tree.remove();
});

async function run(
  command: string,
  { more = {}, input = "" }: { more?: Record<string, string>; input?: string } = {},
): Promise<void> {
  const { stdout, stderr } = await phalanx(command.split(" "), { cwd: tree.root, env: { ...env, ...more }, input });
  emitted.push({ command, text: stdout + stderr });
}

/** The forms in which a value could show: itself, its beginning, and how programs like to encode it. */
function forms(value: string): string[] {
  const bytes = Buffer.from(value, "utf8");
  // Base64 depends on what stands before: three alignments, without the characters at the edges.
  const shifted = [0, 1, 2].map((n) =>
    Buffer.concat([Buffer.alloc(n), bytes])
      .toString("base64")
      .slice(n === 0 ? 0 : 4, -4),
  );
  return [value, value.slice(0, 8), bytes.toString("hex"), encodeURIComponent(value), ...shifted];
}

async function filesUnder(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const inputs = new Set(["static.yaml", "wrong-type.yaml", "broken.yaml", "alias.yaml", "jwt"]);

describe("no value shows", () => {
  test("in what any command prints or writes, whatever goes wrong", { timeout: 120_000 }, async () => {
    const secrets = "--secrets static.yaml";
    const before = (await filesUnder(tree.root)).length;
    await run(`secrets audit test ${secrets}`);
    await run(`secrets audit test ${secrets} --json --verify`);
    await run(`secrets audit test`);
    await run(`secrets plan test ${secrets} --delete`);
    await run(`secrets plan test ${secrets} --regenerate --json --out test.plan`);
    for (const file of ["wrong-type", "broken", "alias"]) await run(`secrets audit test --secrets ${file}.yaml`);
    await run(`secrets sync test ${secrets}`);
    await run(`secrets sync test ${secrets} --delete`);
    await run(`secrets sync test ${secrets} --plan test.plan`);
    await run("secrets set test app/s", { input: CANARIES.stdin });
    await run("secrets set test app/p", { input: CANARIES.stdin });
    await run("secrets set test pull-secret example.org", { input: CANARIES.stdin });
    await run("secrets rotate test app/p");
    await run("secrets history test --json");
    await run("secrets history test");
    await run("secrets explain test app");
    await run("secrets restore test --kv-version 1 app --dry-run");
    await run("secrets restore test --kv-version 1 app");
    await run("secrets list test --json");
    await run("secrets static-template test");
    await run("vault audit test --json");
    await run("vault preflight test");
    await run("vault copy-secrets test secret/phalanx/test");
    await run("vault create-read-approle test --dry-run");
    await run("vault create-write-token test --dry-run");
    await run(`secrets sync test ${secrets} --auth approle`);
    await run(`secrets sync test ${secrets} --auth jwt --role r --jwt-file jwt`);
    await run(`secrets audit test ${secrets}`, { more: { VAULT_TOKEN: CANARIES.wrongToken } });
    await run(`secrets audit test ${secrets}`, { more: { VAULT_TOKEN: `${CANARIES.wrongToken} x` } });
    await run(`secrets audit test ${secrets}`, { more: { VAULT_TOKEN: "" } });
    // A server that gives everything back that it is told, and more.
    const echo = JSON.stringify({ errors: Object.values(CANARIES) });
    for (const fate of [
      { status: 200, body: `<html>${CANARIES.storedValue}</html>` },
      { status: 200, body: `{"data": {"data": "${CANARIES.storedValue}"` },
      { status: 404, body: JSON.stringify({ data: CANARIES.storedValue }) },
      { status: 307, body: "", headers: { location: `http://127.0.0.1:1/${CANARIES.storedValue}` } },
    ]) {
      decide = () => fate;
      await run(`secrets sync test ${secrets}`);
    }
    decide = () => "pass";
    expect(echo).toContain(CANARIES.stdin);
    expect(emitted.filter(({ text }) => text.includes("    at ")).map(({ command }) => command)).toEqual([]);

    const written = (await filesUnder(tree.root)).filter((path) => !inputs.has(path.slice(tree.root.length + 1)));
    expect(written.length + inputs.size).toBeGreaterThan(before);
    for (const path of written)
      emitted.push({ command: `(the file ${path.slice(tree.root.length)})`, text: await readFile(path, "utf8") });
    const leaks = emitted.flatMap(({ command, text }) =>
      Object.entries(CANARIES).flatMap(([name, value]) =>
        forms(value).flatMap((form) => (text.includes(form) ? [`${command}: ${name}`] : [])),
      ),
    );
    expect([...new Set(leaks)]).toEqual([]);
  });

  test("except where printing it is the command's purpose", async () => {
    await writeFile(join(tree.root, "static.yaml"), "{}");
    const { stdout } = await phalanx(["vault", "create-write-token", "test"], { cwd: tree.root, env });
    expect(stdout).toMatch(/^token: \S+$/m);
  });
});
