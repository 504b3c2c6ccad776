import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { startDevConnect } from "./support/dev-connect/index.js";
import { startVault } from "./support/vault.js";
import { phalanxHere } from "./support/cli.js";
import { changeJson, counter, fuzz, type JsonChange, jsonChanges, patience } from "./support/fuzz.js";
import { everyKind, EVERY_KIND } from "./support/onepassword.js";
import { type Fate, type ProxiedRequest, startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree } from "./support/tree.js";

const vault = await startVault();
const connect = await startDevConnect({
  vaults: [
    {
      title: "Secrets",
      items: everyKind({ plain: "a value", encoded: "another", client: "s", password: "p" }),
    },
  ],
});
let change: { readonly at: number; readonly by: JsonChange } | undefined;
let seen = 0;
const proxy = await startProxy(connect.url, (request) =>
  change !== undefined && seen++ === change.at ? changed(request, change.by) : "pass",
);
const tree = await makeTree(
  environmentFiles(
    vault.url,
    {
      app: {
        secrets: EVERY_KIND,
      },
    },
    {
      "environments/values.yaml": `applications: {}\nonepassword: {connectUrl: "${proxy.url}", vaultTitle: Secrets}\n`,
    },
  ),
);
const inputs = counter("answers of 1Password");
afterAll(async () => {
  inputs.report();
  await Promise.all([proxy.close(), connect.close(), vault.close(), tree.remove()]);
});

/** What the server really answers, changed. */
async function changed({ method, path, body }: ProxiedRequest, by: JsonChange): Promise<Fate> {
  const answer = await fetch(`${connect.url}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${connect.token}`, "content-type": "application/json" },
    ...(body === "" ? {} : { body }),
  });
  return { status: answer.status, body: changeJson(await answer.text(), by) };
}

const COMMANDS = [
  "audit test",
  "sync test",
  "plan test --json",
  "onepassword-template test",
  "onepassword-template test --create --json",
  "onepassword-secrets test",
];

test("answers that are changed bring about success or a clear error", { timeout: patience(20_000) }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...COMMANDS), fc.nat(4), jsonChanges, async (command, at, by) => {
      inputs.count();
      seen = 0;
      change = { at, by };
      const { exit, stdout, stderr } = await phalanxHere(["secrets", ...command.split(" ")], {
        cwd: tree.root,
        env: { VAULT_TOKEN: vault.rootToken, OP_CONNECT_TOKEN: connect.token },
      }).finally(() => (change = undefined));
      expect([0, 1, 2]).toContain(exit);
      if (exit === 2) expect(stderr).toMatch(/^Error: .+$/m);
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }),
    fuzz(50),
  );
  const strange = proxy.requests.filter(
    ({ path }) => !/^vaults(\?filter=[^/]*|\/[\w-]+\/items(\?filter=[^/]*|\/[\w-]+)?)$/.test(path),
  );
  expect(strange.map(({ path }) => path)).toEqual([]);
});
