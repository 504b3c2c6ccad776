import { chown, cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { phalanx, ROOT } from "./support/cli.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const FIXTURES = `${ROOT}test/fixtures/encrypted`;
let vault: DevVault;
let tree: TestTree;

beforeAll(async () => {
  vault = await startDevVault();
  tree = await makeTree({
    ...environmentFiles(vault.url, { portal: { secrets: "map-tiles-key: {description: x}\n" } }),
    "static.yaml": "applications: {portal: {map-tiles-key: {value: one}}}\n",
  });
  for (const [name, text] of [
    ["token", vault.rootToken],
    [".vault-token", vault.rootToken],
  ] as const)
    await writeFile(join(tree.root, name), text, { mode: 0o600 });
  for (const name of ["identity.txt", "to-one.age"]) await cp(`${FIXTURES}/${name}`, join(tree.root, name));
});
afterAll(() => Promise.all([vault.close(), tree.remove()]));

test.skipIf(process.getuid?.() !== 0).each([
  ["token", "static.yaml", { VAULT_TOKEN_FILE: "token" }],
  ["~/.vault-token", "static.yaml", {}],
  ["identity.txt", "to-one.age", { PHALANX_AGE_IDENTITY_FILE: "identity.txt", VAULT_TOKEN: "root" }],
  ["static.yaml", "static.yaml", { VAULT_TOKEN: "root" }],
])("a credential or secret in a file of another user is warned of: %s", async (shown, secrets, given) => {
  const env: Record<string, string> = { HOME: tree.root, VAULT_ADDR: vault.url, ...given };
  if (env["VAULT_TOKEN"]) env["VAULT_TOKEN"] = vault.rootToken;
  const audit = () => phalanx(["secrets", "audit", "test", "--secrets", secrets], { cwd: tree.root, env });
  expect((await audit()).stderr).not.toContain("another user");
  const path = join(tree.root, shown.replace("~/", ""));
  await chown(path, 12_345, 12_345);
  const { exit, stderr } = await audit();
  expect([exit, stderr]).toEqual([
    1,
    expect.stringMatching(
      /^Warning: \S+ (?:is not encrypted, and )?belongs to another user, who can read and change it/,
    ),
  ]);
  await chown(path, 0, 0);
});

test.each<[string, Record<string, string>, readonly string[]]>([
  ["token", { VAULT_TOKEN_FILE: "token-16" }, []],
  ["SecretID", { VAULT_ROLE_ID: "r", VAULT_SECRET_ID_FILE: "token-16" }, ["--auth", "approle"]],
])("a %s in a file that PowerShell wrote is called what it is", async (_, given, options) => {
  await writeFile(join(tree.root, "token-16"), Buffer.from(`\uFEFF${vault.rootToken}\r\n`, "utf16le"), { mode: 0o600 });
  const args = ["secrets", "audit", "test", "--secrets", "static.yaml", ...options];
  expect(await phalanx(args, { cwd: tree.root, env: { HOME: tree.root, ...given } })).toEqual({
    exit: 2,
    stdout: "",
    stderr: "Error: token-16: is UTF-16, not UTF-8\nHint: Save it in UTF-8: iconv -f UTF-16 -t UTF-8 token-16 > NEW\n",
  });
});
