import { readFile } from "node:fs/promises";
import { beforeEach, expect, test } from "vitest";
import type { FleetReport } from "../src/model/fleet-report.js";
import { type World, worldsForEach } from "./support/world.js";

/** Versions that Vault deletes by itself (`delete_version_after`): all is clean, until it is gone. */
const open = worldsForEach();
let world: World;

const configure = async (after: string): Promise<void> => {
  await world.kv.call("POST", "secret/config", { delete_version_after: after });
};
const SYNC = ["secrets", "sync", "test"];
const WARNING = /^Warning: because of delete_version_after, Vault will delete (.+)$/m;

beforeEach(async () => {
  world = await open({ app: { secrets: "p: {description: x, generate: {type: password}}\n" } });
});

test("versions that will disappear cause a warning in sync, even with nothing to do, in audit and in plan", async () => {
  await configure("10h");
  const first = await world.run(SYNC);
  const told = WARNING.exec(first.stderr)?.[0] ?? "?";
  expect(told).toContain("app (version 1) at ");
  expect(first).toMatchObject({ exit: 0, stdout: "Created Vault secret for app\n" });
  expect(first.stderr).toContain(told);
  expect(first.stderr).toContain("vault kv undelete");
  const audit = await world.run(["secrets", "audit", "test"]);
  expect(audit).toMatchObject({ exit: 0, stdout: "" });
  expect(audit.stderr).toContain(told);
  expect((await world.run(["secrets", "plan", "test"])).stdout).toContain(
    "because of delete_version_after, Vault will delete ",
  );
  const again = await world.run(SYNC);
  expect(again).toMatchObject({ exit: 0, stdout: "" });
  expect(again.stderr).toContain(told);
});

test("a run that replaces such a version warns only about the new one", async () => {
  await configure("10h");
  await world.run(SYNC);
  await configure("0s");
  const rotate = await world.run(["secrets", "rotate", "test", "app/p", "--yes"]);
  expect(rotate.exit).toBe(0);
  expect(rotate.stderr).not.toMatch(WARNING);
  expect((await world.run(["secrets", "audit", "test"])).stderr).toBe("");
  await configure("10h");
  const last = await world.run(["secrets", "rotate", "test", "app/p", "--yes"]);
  expect(WARNING.exec(last.stderr)?.[1]).toMatch(/^app \(version 3\) at /);
});

test("following the hint removes the warning", async () => {
  await configure("10h");
  expect((await world.run(SYNC)).stderr).toContain(
    "To keep it, set delete_version_after of the mount and of the secret to 0s, then undelete the version: vault write secret/config delete_version_after=0s && vault kv metadata put -delete-version-after=0s secret/phalanx/test/app && vault kv undelete -versions=1 secret/phalanx/test/app\n",
  );
  await configure("0s");
  await world.kv.undelete("app", 1);
  expect(await world.run(["secrets", "audit", "test"])).toMatchObject({ exit: 0, stderr: "" });
});

test("a preflight warns about them, and names the setting of the mount", async () => {
  const preflight = ["vault", "preflight", "test"];
  expect(await world.run(preflight)).toMatchObject({ exit: 0, stderr: "" });
  await configure("10h");
  const before = await world.run(preflight);
  expect(before.exit).toBe(0);
  expect(before.stderr).toContain("Warning: the mount secret deletes every version 10h0m0s after it was written. ");
  expect(before.stderr).toContain("vault write secret/config delete_version_after=0s");
  await world.run(SYNC);
  expect(WARNING.exec((await world.run(preflight)).stderr)?.[1]).toMatch(/^app \(version 1\) at /);
});

test("the fleet audit counts them as expiring", async () => {
  await configure("10h");
  await world.run(SYNC);
  const audit = await world.run(["fleet", "audit", "--json", "report.json", "--metrics", "fleet.prom"], {
    env: { ...world.env, VAULT_TOKEN_TEST: world.vault.rootToken },
  });
  expect(audit).toMatchObject({ exit: 1 });
  expect(audit.stdout).toMatch(/test: the version of app in Vault expires on \d{4}-/);
  const { environments } = JSON.parse(await readFile(`${world.tree.root}/report.json`, "utf8")) as FleetReport;
  const [environment] = environments;
  expect(environment?.counts).toMatchObject({ expiring: 1, missing: 0 });
  expect(environment?.applications[0]?.secrets[0]?.disappears?.state).toBe("soon");
  expect(environment?.diagnostics.map(({ code }) => code)).toContain("version-will-disappear");
  expect(await readFile(`${world.tree.root}/fleet.prom`, "utf8")).toMatch(
    /^phalanx_secret_deletion_timestamp_seconds\{environment="test",application="app",key="p"\} \d+$/m,
  );
});

test("a mount that keeps one version: a preflight warns, and no run promises an undo that cannot work", async () => {
  await world.kv.call("POST", "secret/config", { max_versions: 1 });
  const preflight = await world.run(["vault", "preflight", "test"]);
  expect(preflight.exit).toBe(0);
  expect(preflight.stderr).toBe(
    "Warning: the mount secret keeps one version of each secret: what a run replaces is gone for good. To keep ten: vault write secret/config max_versions=10\n",
  );
  await world.run(SYNC);
  await world.kv.set("app", "by-hand", "x");
  const said = "app: this cannot be undone, because Vault keeps no earlier version of it";
  const deletes = ["secrets", "sync", "test", "--delete"];
  const asked = await world.run([...deletes], { terminal: true, answer: "n" });
  expect(`${asked.stdout}${asked.stderr}`.replaceAll(/\s+/g, " ")).toContain(said);
  const deleted = await world.run([...deletes, "--yes"]);
  expect(deleted).toMatchObject({ exit: 0, stdout: "Deleted Vault secret for app by-hand\n" });
  expect(deleted.stderr).toContain(`Warning: ${said}`);
  expect(deleted.stderr).not.toContain("To undo this:");
});
