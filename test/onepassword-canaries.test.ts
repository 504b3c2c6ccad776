import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { startDevConnect } from "./support/dev-connect/index.js";
import { startVault } from "./support/vault.js";
import { type Finished, phalanx } from "./support/cli.js";
import { everyKind, EVERY_KIND, section } from "./support/onepassword.js";
import { type Fate, startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree } from "./support/tree.js";

// Each is recognised in any form in which it could leak.
const CANARIES = {
  value: "canary-value",
  encoded: "canary-encoded",
  client: "canary-client",
  password: "canary-password",
  token: "canary-token",
  superfluous: "canary-superfluous",
};
const FORMS = Object.values(CANARIES).flatMap((text) => [text, Buffer.from(text).toString("base64")]);

const vault = await startVault();
const connect = await startDevConnect({
  token: CANARIES.token,
  vaults: [
    {
      title: "Secrets",
      items: [
        ...everyKind({ ...CANARIES, plain: CANARIES.value }, { old: CANARIES.superfluous }),
        { title: "broken", fields: [{ label: "encoded", value: `${CANARIES.value}!` }, ...section("x", { id: "i" })] },
      ],
    },
  ],
});
let fate: Fate = "pass";
const proxy = await startProxy(connect.url, ({ path }) => (/items\/./.test(path) ? fate : "pass"));
const tree = await makeTree(
  environmentFiles(
    vault.url,
    {
      app: {
        secrets: EVERY_KIND,
      },
    },
    {
      "applications/broken/Chart.yaml": "apiVersion: v2\nname: broken\nversion: 1.0.0\n",
      "applications/broken/secrets.yaml":
        "encoded: {description: x, onepassword: {encoded: true}}\nmore: {description: x}\n",
    },
  ),
);
await tree.write(
  "environments/values.yaml",
  `applications: {broken: false}\nonepassword: {connectUrl: "${proxy.url}", vaultTitle: Secrets}\n`,
);
await tree.write(
  "environments/values-broken.yaml",
  `vaultUrl: ${vault.url}\nvaultPathPrefix: secret/phalanx/broken\napplications: {broken: true}\n`,
);
afterEach(() => void (fate = "pass"));
afterAll(async () => {
  await Promise.all([proxy.close(), connect.close(), vault.close(), tree.remove()]);
});

async function run(...args: string[]): Promise<Finished> {
  const env = { VAULT_TOKEN: vault.rootToken, OP_CONNECT_TOKEN: CANARIES.token };
  return phalanx(["secrets", ...args], { cwd: tree.root, env });
}

const leaks = (text: string): string[] => FORMS.filter((form) => text.includes(form));

test("no command shows a value or the token, but onepassword-secrets", async () => {
  const commands: [number, ...string[]][] = [
    [1, "audit", "test"],
    [1, "audit", "test", "--json"],
    [0, "plan", "test"],
    [0, "plan", "test", "--json"],
    [0, "plan", "test", "--out", "test.plan"],
    [0, "sync", "test", "--dry-run"],
    [0, "sync", "test", "--plan", "test.plan"],
    [0, "audit", "test", "--verify"],
    [0, "onepassword-template", "test"],
    [0, "onepassword-template", "test", "--json"],
    [0, "onepassword-secrets", "test", "-o", "static.yaml"],
    [2, "onepassword-secrets", "test", "-o", "static.yaml"],
    [2, "audit", "broken"],
    [2, "sync", "broken"],
    [1, "onepassword-template", "broken"],
    [2, "onepassword-secrets", "broken"],
  ];
  for (const [status, ...args] of commands) {
    const { exit, stdout, stderr } = await run(...args);
    expect({ args, exit, leaks: leaks(stdout + stderr) }).toEqual({ args, exit: status, leaks: [] });
  }
  expect(leaks(await readFile(join(tree.root, "test.plan"), "utf8"))).toEqual([]);

  const { stdout, stderr } = await run("onepassword-secrets", "test");
  expect(leaks(stderr)).toEqual([]);
  expect(leaks(stdout)).toEqual([CANARIES.value, CANARIES.encoded, CANARIES.client, CANARIES.password]);
  expect(await readFile(join(tree.root, "static.yaml"), "utf8")).toBe(stdout);
});

test("what a server answers with is not repeated", async () => {
  const body = JSON.stringify({ status: 500, message: Object.values(CANARIES).join(" ") });
  const fates: Fate[] = [
    { status: 403, body },
    { status: 404, body },
    { status: 200, body: body.slice(5) },
    { status: 200, body },
    { status: 200, body: `{"fields": [{"label": "${CANARIES.value}", "value": {"${CANARIES.value}": 1}}]}` },
    { status: 302, body, headers: { location: `http://127.0.0.1:1/${CANARIES.token}` } },
  ];
  for (const [i, next] of fates.entries()) {
    fate = next;
    const { exit, stdout, stderr } = await run("audit", "test");
    expect({ i, exit, leaks: leaks(stdout + stderr) }).toEqual({ i, exit: 2, leaks: [] });
  }
});
