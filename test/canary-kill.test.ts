import { once } from "node:events";
import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { canary, leaksIn } from "./support/canaries.js";
import { startPhalanx } from "./support/cli.js";
import { openKv } from "./support/kv.js";
import { type Proxy, startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const CANARIES = { token: canary(), value: canary(), stored: canary(), typed: canary() };

let vault: TestVault;
let proxy: Proxy;
let tree: TestTree;
let reached: (() => void) | undefined;
let stopAt: (request: { readonly method: string; readonly path: string }) => boolean;

beforeEach(async () => {
  stopAt = () => false;
  vault = await startVault({ token: CANARIES.token });
  // A request that never gets an answer: then the program is in the middle of what it does.
  proxy = await startProxy(vault.url, (request) => {
    if (!stopAt(request)) return "pass";
    reached?.();
    return new Promise(() => {});
  });
  const secrets = "s: {description: x}\np: {description: x, generate: {type: password}}\n";
  tree = await makeTree(
    environmentFiles(
      proxy.url,
      { app: { secrets } },
      {
        "static.yaml": `applications: {app: {s: {value: ${CANARIES.value}}}}\n`,
        "tmp/.keep": "",
      },
    ),
  );
  await openKv(vault.url, vault.rootToken, "secret/phalanx/test").put("app", {
    p: CANARIES.stored,
    x: CANARIES.stored,
  });
  // What every program that is started is told, but for the variables that an operator set on purpose.
  await writeFile(
    join(tree.root, "git"),
    `#!/bin/sh\nprintf '%s\\n' "$@" >> "${tree.root}/tmp/arguments"\nexec /usr/bin/env -S PATH=/usr/bin:/bin git "$@"\n`,
  );
  await chmod(join(tree.root, "git"), 0o755);
});
afterEach(async () => {
  await proxy.close();
  await vault.close();
  await tree.remove();
});

const isWrite = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method === "POST" && path.includes("/data/");

test.each([
  ["before it has read anything", "secrets sync test --secrets static.yaml", () => true],
  ["while it writes", "secrets sync test --secrets static.yaml", isWrite],
  ["in the middle of a rotation", "secrets rotate test app/p --yes", isWrite],
  ["while it writes what was typed", "secrets set test app/s --yes", isWrite],
  [
    "while it makes a token",
    "vault create-write-token test -o token.yaml",
    ({ path }: { path: string }) => path.includes("token/create"),
  ],
  [
    "while it reads what it exports",
    "vault export-secrets test export",
    ({ path }: { path: string }) => path.includes("/data/"),
  ],
])("killed %s, it leaves no value behind", async (_, command, at) => {
  stopAt = at;
  const arrived = new Promise<void>((done) => (reached = done));
  const child = startPhalanx(command.split(" "), {
    cwd: tree.root,
    env: {
      PATH: `${tree.root}:${process.env["PATH"]}`,
      HOME: tree.root,
      TMPDIR: `${tree.root}/tmp`,
      XDG_STATE_HOME: `${tree.root}/state`,
      VAULT_TOKEN: CANARIES.token,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => void (output += String(chunk)));
  child.stdin.end(CANARIES.typed);
  await arrived;
  // Everybody on a machine can see the arguments of every process.
  const seen = await readFile(`/proc/${child.pid}/cmdline`, "latin1").catch(() => "");
  child.kill("SIGKILL");
  await once(child, "close");

  const entries = await readdir(tree.root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== "static.yaml");
  const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1")));
  expect(leaksIn([output, seen, ...texts].join("\n"), CANARIES)).toEqual([]);
});
