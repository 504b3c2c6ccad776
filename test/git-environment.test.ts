import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { phalanx } from "./support/cli.js";
import { environmentFiles, makeTree } from "./support/tree.js";

const CREDENTIALS = {
  VAULT_TOKEN: "canary-1",
  VAULT_TOKEN_IDFDEV: "canary-2",
  VAULT_ROLE_ID: "canary-0",
  VAULT_ROLE_ID_LAB: "canary-00",
  VAULT_SECRET_ID: "canary-3",
  OP_CONNECT_TOKEN: "canary-4",
  SOPS_AGE_KEY: "canary-5",
  PHALANX_FINGERPRINT_KEY: "canary-6",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "canary-7",
  HTTPS_PROXY: "http://u:canary-8@proxy.example.org",
  https_proxy: "http://u:canary-9@proxy.example.org",
  HTTP_PROXY: "u:canary-10@proxy.example.org:3128",
  all_proxy: "socks5://u:canary-11@proxy.example.org",
  DATABASE_URL: "postgresql://u:canary-12@db.example.org/x",
  npm_config__auth: "canary-13",
  GIT_TOKEN: "canary-14",
  AWS_ACCESS_KEY_ID: "canary-15",
};

test("Git gets its own variables, and none of the credentials", async () => {
  const tree = await makeTree({
    ...environmentFiles("http://127.0.0.1:1", {}),
    ".git/HEAD": "ref: refs/heads/main\n",
    "bin/git": '#!/bin/sh\nenv > "$GIT_CANARY"\nexit 128\n',
  });
  await chmod(join(tree.root, "bin/git"), 0o755);
  const seen = join(tree.root, "seen");
  const PATH = `${join(tree.root, "bin")}:${process.env["PATH"]}`;
  const { exit } = await phalanx(["diff"], {
    cwd: tree.root,
    env: { ...CREDENTIALS, PATH, GIT_CANARY: seen, GIT_CONFIG_KEY_0: "core.abbrev" },
  });
  expect(exit).toBe(2);
  const environment = await readFile(seen, "utf8");
  expect(environment).toContain("GIT_CONFIG_KEY_0=core.abbrev\n");
  expect(environment).toMatch(/^PATH=/m);
  expect(environment).not.toContain("canary-");
  await tree.remove();
});
