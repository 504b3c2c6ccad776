import { chown, readdir } from "node:fs/promises";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { phalanx } from "./support/cli.js";
import { makeRepository } from "./support/git.js";
import { environmentFiles } from "./support/tree.js";

test.skipIf(process.getuid?.() !== 0)(
  "a repository of another user: Git's refusal is shown with the command for that repository, which is pasted and works",
  async () => {
    const files = Object.entries(environmentFiles("http://127.0.0.1:1", {}));
    const tree = await makeRepository(Object.fromEntries(files.map(([path, text]) => [`deploy it/${path}`, text])));
    try {
      await tree.commit("first");
      for (const name of ["", ...(await readdir(tree.root))]) await chown(join(tree.root, name), 12_345, 12_345);
      const env = { HOME: tree.root, GIT_CONFIG_NOSYSTEM: "1" };
      const diff = () => phalanx(["diff", "HEAD", "--config", "deploy it"], { cwd: tree.root, env });
      const { exit, stderr } = await diff();
      const command = `git config --global --add safe.directory ${tree.root}`;
      expect([exit, stderr]).toEqual([
        2,
        expect.stringContaining(`Hint: It belongs to another user. If you trust them: ${command}\n`),
      ]);
      execFileSync("sh", ["-c", command], { cwd: tree.root, env: { PATH: process.env["PATH"], ...env } });
      expect((await diff()).exit).toBe(0);
    } finally {
      await tree.remove();
    }
  },
);
