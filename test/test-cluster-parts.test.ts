import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ROOT } from "./support/cli.js";

let home: string;
let cache: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "phalanx-parts-"));
  cache = join(home, "cache", "phalanx-test-servers");
  const [, version] = /version: "([\d.]+)"/.exec(await readFile(`${ROOT}scripts/test-cluster-parts.mjs`, "utf8")) ?? [];
  for (const tool of ["helm", "kubectl"]) {
    await executable(join(cache, `kubectl-layer-${version}`, tool), "");
    await executable(join(home, "bin", tool), "");
  }
  for (const tool of ["sh", "chmod", "mkdir"])
    await symlink(`/bin/${tool}`, join(home, "bin", tool)).catch(() => undefined);
});
afterEach(() => rm(home, { recursive: true }));

async function executable(path: string, script: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true, mode: 0o755 });
  await writeFile(path, `#!/bin/sh\n${script}`);
  await chmod(path, 0o755);
}
const find = (script: string, env: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, [`${ROOT}scripts/${script}`], {
    env: { PATH: join(home, "bin"), XDG_CACHE_HOME: join(home, "cache"), ...env },
    encoding: "utf8",
  });
const folders = async (): Promise<string[]> => (await readdir(cache)).filter((name) => !name.startsWith("kubectl"));

describe("without Go", () => {
  const NO_GO = "Go was not found, which builds the cluster of the tests: install Go 1.26 or later\n";

  test("what to do is said on the last line", () => {
    const stderr = expect.stringMatching(new RegExp(`\\n${NO_GO}$`));
    expect(find("test-cluster-parts.mjs")).toMatchObject({ status: 1, stdout: "", stderr });
  });

  test("the tests fail, or are left out on request", async () => {
    const server = join(home, "server");
    await executable(server, "echo OpenBao v9");
    expect(find("test-cluster.mjs", { PHALANX_TEST_SERVER: server })).toMatchObject({
      status: 1,
      stderr: `${NO_GO}To leave these tests out, set PHALANX_ALLOW_SKIP=1.\n`,
    });
    expect(find("test-cluster.mjs", { PHALANX_TEST_SERVER: server, PHALANX_ALLOW_SKIP: "1" })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("\n0 passed, 0 failed, 1 skipped\n"),
      stderr: `${NO_GO}Skipped: everything that \`npm run test:cluster\` runs (PHALANX_ALLOW_SKIP is set).\n`,
    });
  });
});

describe("what is built", () => {
  /** Writes what `-o` names: a file, or in a folder one for each of the packages. */
  const GO = `
    while [ "$1" != -o ]; do shift; done; out="$2"; shift 2
    case "$out" in */) for each; do : > "$out/\${each##*/}"; chmod 755 "$out/\${each##*/}"; done ;; *) : > "$out"; chmod 755 "$out" ;; esac
    `;

  test("is not there by half, and is built once", async () => {
    await executable(join(home, "bin", "go"), `${GO}\n case "$out" in *etcd*) echo broken >&2; exit 1 ;; esac`);
    expect(find("test-cluster-parts.mjs")).toMatchObject({ status: 1, stderr: expect.stringContaining("broken") });
    const whole = [expect.stringMatching(/^kubernetes-[\d.]+-[0-9a-f]{8}$/)];
    expect(await folders()).toEqual(whole);
    await executable(join(home, "bin", "go"), "echo broken >&2; exit 1");
    const { stderr } = find("test-cluster-parts.mjs");
    expect(stderr).not.toContain("kubernetes-");
    expect(stderr).toContain("broken");
  });

  test("is built again after a build that was killed, whose rest goes", async () => {
    await executable(join(home, "bin", "go"), `${GO}\n kill -9 $PPID`);
    expect(find("test-cluster-parts.mjs").signal).toBe("SIGKILL");
    expect(await folders()).toEqual([expect.stringMatching(/^kubernetes-.*\.\d+$/)]);
    await executable(join(home, "bin", "go"), `${GO}\n case "$out" in *etcd*) exit 1 ;; esac`);
    expect(find("test-cluster-parts.mjs").status).toBe(1);
    expect(await folders()).toEqual([expect.stringMatching(/^kubernetes-[\d.]+-[0-9a-f]{8}$/)]);
  });

  test("is not run where others can change it", async () => {
    await executable(join(home, "bin", "go"), `${GO}\n case "$out" in *etcd*) exit 1 ;; esac`);
    find("test-cluster-parts.mjs");
    const [folder = ""] = await folders();
    await chmod(join(cache, folder), 0o777);
    expect(find("test-cluster-parts.mjs").stderr).toContain(
      `${join(cache, folder)} can be changed by another user: remove it`,
    );
  });
});
