import { expect, test } from "vitest";
import { startDevVault } from "../src/dev-vault/index.js";
import { phalanx } from "./support/cli.js";
import { openKv } from "./support/kv.js";
import { environmentFiles, makeTree } from "./support/tree.js";

const HOUR = 3_600_000;
const SECRETS = "p: {description: x, generate: {type: password}}\n";

// Only the embedded server has a clock that can be chosen.
test.each([
  ["ahead of", "behind", HOUR],
  ["behind", "ahead of", -HOUR],
])(
  "where Vault's clock is an hour %s ours, a deletion is undone all the same, and that is said",
  async (_, ours, by) => {
    const vault = await startDevVault({ now: () => new Date(Date.now() + by) });
    const tree = await makeTree(environmentFiles(vault.url, { app: { secrets: SECRETS } }));
    const env = { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${tree.root}/state` };
    const run = (...args: string[]) => phalanx(["secrets", ...args], { cwd: tree.root, env });
    const kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
    try {
      await run("sync", "test");
      await kv.put("retired", { a: "1" });
      const { stdout, stderr } = await run("sync", "test", "--delete");
      expect(stdout).toBe("Deleted Vault secret for retired\n");
      expect(stderr).toMatch(
        new RegExp(`^Warning: the clock of this machine is 3[56]\\d\\d seconds ${ours} Vault's`, "m"),
      );
      const undo = /^To undo this: phalanx secrets (.*)$/m.exec(stderr)?.[1]?.split(" ") ?? [];
      expect(await kv.get("retired")).toBeUndefined();
      expect(await run(...undo, "--yes")).toMatchObject({ exit: 0, stdout: "Restored Vault secret for retired\n" });
      expect(await kv.get("retired")).toEqual({ a: "1" });
    } finally {
      await vault.close();
      await tree.remove();
    }
  },
);
