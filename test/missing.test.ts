import { afterAll, beforeAll, expect, test } from "vitest";
import { sealAge } from "../src/sources/encrypted/age.js";
import { phalanxHere, ROOT, startPhalanx } from "./support/cli.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";
import { startVault, type TestVault } from "./support/vault.js";

let vault: TestVault;
let tree: TestTree;
let asked: string[] = [];

beforeAll(async () => {
  vault = await startVault({ onRequest: ({ method, path }) => void asked.push(`${method} ${path.split("/")[1]}`) });
  const secrets = "s: {description: x}\nt: {description: z}\ng: {description: x, generate: {type: password}}\n";
  tree = await makeTree({
    ...environmentFiles(vault.url, { app: { secrets } }),
    "all.yaml": "applications: {app: {s: {value: a}, t: {value: b}}}\n",
  });
});
afterAll(() => Promise.all([vault.close(), tree.remove()]));

const missing = (terminal: boolean, ...args: string[]) =>
  phalanxHere(["secrets", "missing", "test", ...args], {
    cwd: tree.root,
    env: { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${tree.root}/state` },
    terminal,
  });

test("that nothing is missing is said to a person, and nothing to a program", async () => {
  const given = ["--secrets", "all.yaml"];
  expect(await missing(true, ...given)).toMatchObject({
    exit: 0,
    stdout: "",
    stderr: expect.stringContaining("No static secret of test is missing\n"),
  });
  expect(await missing(false, ...given)).toMatchObject({ exit: 0, stdout: "" });
});

test("what is printed can be pasted, and Vault is only looked at", async () => {
  asked = [];
  const { exit, stdout } = await missing(false);
  expect(exit).toBe(1);
  expect(stdout).toBe(
    "applications:\n  app:\n    s:\n      description: >-\n        x\n      value: null\n    t:\n      description: >-\n        z\n      value: null\n",
  );
  expect(asked.filter((request) => !/^(?:LIST|GET) /.test(request))).toEqual([]);
});

test("static secrets come from standard input, also in the bytes that age writes", async () => {
  const recipient = "age1yl2ckzsqde5kkyx48er6kuc2lxvzaywxw8h2kuyvzh00s0xp4vlqktwnre";
  const sealed = await sealAge("applications: {app: {s: {value: a}}}\n", { recipients: [recipient] }, false);
  const child = startPhalanx(["secrets", "missing", "test", "--secrets", "-"], {
    cwd: tree.root,
    env: {
      VAULT_TOKEN: vault.rootToken,
      XDG_STATE_HOME: `${tree.root}/state`,
      PHALANX_AGE_IDENTITY_FILE: `${ROOT}test/fixtures/encrypted/identity.txt`,
    },
  });
  child.stdin.end(sealed);
  let stdout = "";
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  expect(await new Promise((done) => void child.on("close", done))).toBe(1);
  expect(stdout).toBe("applications:\n  app:\n    t:\n      description: >-\n        z\n      value: null\n");
});

test("nobody types a static secrets file", async () => {
  const { exit, stderr } = await phalanxHere(["secrets", "missing", "test", "--secrets", "-"], {
    cwd: tree.root,
    env: { VAULT_TOKEN: vault.rootToken },
    terminal: true,
    answer: "",
  });
  expect({ exit, stderr }).toEqual({
    exit: 2,
    stderr: expect.stringContaining("Error: --secrets - reads standard input, which is the terminal\n"),
  });
});
