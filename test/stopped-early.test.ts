import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Finished, phalanx, ROOT } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";
import { type Fate, type Proxy, startProxy } from "./support/proxy.js";
import { startVault, type TestVault } from "./support/vault.js";

/** A copy of the example, whose Vault refuses writes to some applications. */
let root: string;
let vault: TestVault;
let proxy: Proxy;
let kv: Kv;
let refused: readonly string[] = [];
const FATE: Fate = { status: 403, body: '{"errors":["1 error occurred:\\n\\t* permission denied\\n\\n"]}' };

beforeAll(async () => {
  vault = await startVault();
  proxy = await startProxy(vault.url, ({ method, path }) =>
    method === "POST" && refused.some((name) => path === `secret/data/phalanx/demo/${name}`) ? FATE : "pass",
  );
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/demo");
});
beforeEach(async () => {
  refused = [];
  if (root) await rm(root, { recursive: true, force: true });
  root = await mkdtemp(join(tmpdir(), "phalanx-stopped-"));
  await cp(`${ROOT}example`, root, { recursive: true });
  await chmod(join(root, "secrets-demo.yaml"), 0o600);
  const settings = join(root, "environments/values-demo.yaml");
  const text = await readFile(settings, "utf8");
  await writeFile(settings, text.replace(/^vaultUrl:.*$/m, `vaultUrl: "${proxy.url}"`));
  await run("secrets", "sync", "demo", "--secrets", "secrets-demo.yaml", "--yes");
});
afterAll(() => Promise.all([proxy.close(), vault.close(), rm(root, { recursive: true, force: true })]));

function run(...words: readonly string[]): Promise<Finished> {
  return phalanx(words, { cwd: root, env: { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${root}/.state` } });
}

const NAMES = ["postgres/gatekeeper-password", "postgres/notebooks-password"];
const STOP =
  "Do not restart anything before this run is continued or undone: secrets that follow the changed ones may still have their old values.\n";
const HOLD = /Then restart|kubectl|If a database uses \S+( or \S+)?: before the restarts/;
const restartsIn = ({ stderr }: Finished): string[] =>
  [...stderr.matchAll(/^ {4}kubectl -n \S+ rollout restart (\S+)/gm)].map(([, workload = ""]) => workload);
const runIn = ({ stderr }: Finished): string => /^To undo this: .* --run (\S+)/m.exec(stderr)?.[1] ?? "";

describe("a rotation that stops early", () => {
  test("names no restarts while it is only half done, and all of them once it is continued", {
    timeout: 60_000,
  }, async () => {
    refused = ["gatekeeper", "notebooks"];
    const stopped = await run("secrets", "rotate", "demo", ...NAMES, "--yes");
    expect(stopped.exit).toBe(1);
    expect(stopped.stderr).toContain(
      `Warning: the run stopped early; the changes above were made.\n${STOP}To undo this: phalanx secrets restore demo --run ${runIn(stopped)}\nTo continue: phalanx secrets rotate demo --resume\n`,
    );
    expect(stopped.stderr).not.toMatch(HOLD);
    // Each of the failed writes says what to do: to repeat what was typed would be refused.
    expect(stopped.stderr).toMatch(
      /whether gatekeeper was written is unknown\n[^]*whether notebooks was written is unknown\n/,
    );
    expect(stopped.stderr).toContain("Then continue it with --resume, as shown above");
    expect(stopped.stderr).not.toContain("the same command again");
    refused = [];
    const done = await run("secrets", "rotate", "demo", "--resume", "--yes");
    expect(done.stdout).not.toContain("postgres");
    expect(restartsIn(done)).toEqual(["statefulset/postgres", "deployment/gatekeeper", "deployment/hub"]);
    expect(done.stderr).toContain("    phalanx rollout status demo postgres gatekeeper notebooks\n");
    expect(done.stderr).toContain(`If a database uses ${NAMES.join(" or ")}: before the restarts, `);
  });

  test("is reported by an audit, a plan and a sync, until it is continued", { timeout: 60_000 }, async () => {
    refused = ["gatekeeper", "notebooks"];
    await run("secrets", "rotate", "demo", ...NAMES, "--yes");
    refused = [];
    const warning = new RegExp(
      "a rotation of demo from \\S+ \\S+ UTC was interrupted, or is still running. Some secrets may have new values, and others that follow them their old ones: " +
        "do not restart anything before it is continued or undone. Once it has stopped, continue it: phalanx secrets rotate demo --resume ",
    );
    const file = ["--secrets", "secrets-demo.yaml"];
    const audit = await run("secrets", "audit", "demo", ...file);
    expect(audit.stderr.replace(/$/gm, " ")).toMatch(warning);
    const plan = await run("secrets", "plan", "demo", ...file, "-o", "plan.json");
    expect(plan.stdout.replace(/\s+/g, " ").replace("running Some", "running. Some")).toMatch(warning);
    const json = JSON.parse((await run("secrets", "audit", "demo", ...file, "--json")).stdout) as {
      diagnostics: { code: string }[];
    };
    expect(json.diagnostics.map(({ code }) => code)).toContain("run-interrupted");
    const state = join(root, ".state/phalanx/demo.pending.json");
    const kept = await readFile(state, "utf8");
    // Damaged, it stops nothing.
    await writeFile(state, "{");
    const damaged = await run("secrets", "audit", "demo", ...file);
    expect(damaged).toMatchObject({ exit: audit.exit, stdout: audit.stdout });
    expect(damaged.stderr).toContain(
      `Warning: could not check whether a run of demo was interrupted: ${state} is damaged. Before any restart, see what was changed last: phalanx secrets history demo\n`,
    );
    await writeFile(state, kept);
    const applied = await run("secrets", "sync", "demo", "--plan", "plan.json", ...file);
    expect(applied.stdout).toContain("Updated Vault secret for gatekeeper");
    expect(applied.stderr.replace(/$/gm, " ")).toMatch(warning);
    // Even one that has nothing to do.
    const idle = await run("secrets", "sync", "demo", ...file);
    expect(idle.stdout).not.toContain("Updated");
    expect(idle.stderr.replace(/$/gm, " ")).toMatch(warning);
    await run("secrets", "rotate", "demo", "--resume", "--yes");
    expect((await run("secrets", "audit", "demo", ...file)).stderr).not.toContain("interrupted");
  });

  test("names them all, too, if the interrupted part had written everything", { timeout: 60_000 }, async () => {
    refused = ["gatekeeper"];
    const stopped = await run("secrets", "rotate", "demo", "postgres/gatekeeper-password", "--yes", "--json");
    const { result } = JSON.parse(stopped.stdout) as { result: { restart: { application: string }[] } };
    // For programs, everything stays there.
    expect(result.restart.map(({ application }) => application)).toEqual(["postgres"]);
    refused = [];
    const [source, copy] = [await kv.get("postgres"), await kv.get("gatekeeper")];
    await kv.put("gatekeeper", { ...copy, "database-password": source?.["gatekeeper-password"] ?? "" });
    const done = await run("secrets", "rotate", "demo", "--resume", "--yes");
    expect(done.stdout).toBe("");
    expect(restartsIn(done)).toEqual(["statefulset/postgres", "deployment/gatekeeper"]);
  });

  test("is not undone in part without naming the sources that stay, and the run that changed them", {
    timeout: 60_000,
  }, async () => {
    refused = ["gatekeeper", "notebooks"];
    const stopped = await run("secrets", "rotate", "demo", ...NAMES, "--yes");
    refused = [];
    await run("secrets", "rotate", "demo", "--resume", "--yes");
    const before = await kv.get("postgres");
    const half = await run("secrets", "restore", "demo", "--last", "--yes");
    const copies = "gatekeeper/database-password, notebooks/database-password";
    const back = `phalanx secrets restore demo --run ${runIn(stopped)}`;
    expect(half.stderr).toContain(
      `Warning: after this restore, ${copies} do not match their sources. ${NAMES.join(", ")} are not restored. After the restore, and before any restart, restore them, too: ${back}. Only if their values are right, update the copies instead: phalanx secrets sync demo ${copies.replace(",", "")}\n`,
    );
    expect(await kv.get("postgres")).toEqual(before);
    await run(...back.split(" ").slice(1), "--yes");
    const [source, copy] = [await kv.get("postgres"), await kv.get("gatekeeper")];
    expect(source?.["gatekeeper-password"]).not.toBe(before?.["gatekeeper-password"]);
    expect(copy?.["database-password"]).toBe(source?.["gatekeeper-password"]);
  });
});

test("a restore or sync that stops early leaves the restarts of its part to a command for later", {
  timeout: 60_000,
}, async () => {
  await run("secrets", "rotate", "demo", "postgres/gatekeeper-password", "--yes");
  const version = `${(await kv.version("postgres")) - 1}`;
  refused = ["gatekeeper"];
  const stopped = await run("secrets", "restore", "demo", "--kv-version", version, "postgres", "--yes");
  expect(stopped.stderr).toContain(
    `Run it again to make the others.\n${STOP}After you continue it, this shows what to restart for the changes above, too:\n    phalanx rollout status demo postgres\nIf a database uses postgres/gatekeeper-password: only after that, and before the restarts, make sure that it accepts the password that Vault holds then.\nTo undo this: `,
  );
  expect(stopped.stderr).not.toMatch(HOLD);
});

test("restore --last with several failed writes is continued as the run that it has undone", {
  timeout: 60_000,
}, async () => {
  await run("secrets", "rotate", "demo", ...NAMES, "--yes");
  refused = ["gatekeeper", "notebooks"];
  const last = await run("secrets", "restore", "demo", "--last", "--yes");
  // Once more, --last would undo this restore.
  expect(last.stderr).not.toContain("the same command again");
  expect(last.stderr).toMatch(
    /Then run this, which looks at what is there before it writes: phalanx secrets restore demo --run \S+ --yes\n/,
  );
});

test("of restored copies whose source no run has changed, the history is named", {
  timeout: 60_000,
}, async () => {
  await run("secrets", "rotate", "demo", "postgres/gatekeeper-password", "--yes");
  const other = { ...(await kv.get("postgres")), "gatekeeper-password": "by hand" };
  await kv.put("postgres", other);
  await kv.put("gatekeeper", { ...(await kv.get("gatekeeper")), "database-password": "by hand" });
  const version = `${(await kv.version("gatekeeper")) - 1}`;
  const words = ["secrets", "restore", "demo", "--kv-version", version, "gatekeeper/database-password", "--yes"];
  const { stderr } = await run(...words);
  expect(stderr).toContain(
    "postgres/gatekeeper-password is not restored. After the restore, and before any restart, restore it, too; phalanx secrets history demo postgres/gatekeeper-password shows the runs and versions to choose from. Only if its value is right, update the copy instead: phalanx secrets sync demo gatekeeper/database-password\n",
  );
});

test("a restore that repairs a pair does not call its other half left behind", { timeout: 60_000 }, async () => {
  const good = await kv.get("dashboard");
  const version = `${await kv.version("dashboard")}`;
  await kv.put("dashboard", { ...good, "admin.password": "by hand" });
  const repaired = await run("secrets", "restore", "demo", "--kv-version", version, "dashboard", "--dry-run");
  expect(repaired.stdout).toContain("~ admin.password ");
  expect(repaired.stdout).not.toContain("does NOT change");
  await kv.put("dashboard", { ...good, "admin.password": "by hand", "admin.password-hash": "theirs" });
  const one = ["--kv-version", version, "dashboard/admin.password", "--dry-run"];
  const { stdout } = await run("secrets", "restore", "demo", ...one);
  expect(stdout).not.toContain("admin.password-time");
});

test("a key that a chart still needs is not deleted with the advice to restart what needs it", {
  timeout: 60_000,
}, async () => {
  await writeFile(join(root, "applications/portal/secrets.yaml"), "map-tiles-key: {description: x}\n");
  const keys = ["portal/broker-password", "portal/session-secret"];
  const planned = await run("secrets", "sync", "demo", "--delete", "--dry-run");
  expect(planned.stdout).toContain("To keep them:\n      --keep portal/broker-password --keep portal/session-secret\n");
  const kept = await run("secrets", "sync", "demo", "--delete", ...keys.flatMap((key) => ["--keep", key]));
  expect(kept.stdout).toBe("");
  const done = await run("secrets", "sync", "demo", "--delete");
  expect(done.stderr).toContain(
    `${keys.join(", ")}: the charts still read what this deletes: Deployment portal in portal. Change the charts so that they do not need them. To bring them back, undo the run.\n`,
  );
  expect(done.stderr).toContain(
    `Do not restart these until the missing values are in Vault again, or their charts no longer read them:\n    # Deployment portal in portal: it uses portal/broker-password (missing), portal/session-secret (missing)\n`,
  );
  expect(done.stderr).not.toContain("Then restart");
});

test("a sync that replaces a removed value says for programs, too, how to restore it before any restart", async () => {
  const { "crypt-key": _, ...others } = (await kv.get("notebooks")) ?? {};
  await kv.put("notebooks", others);
  const version = (await kv.version("notebooks")) ?? 0;
  const { stdout } = await run("secrets", "sync", "demo", "notebooks", "--yes", "--json");
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; summary: string; hint: string }[] };
  const gone = diagnostics.find(({ code }) => code === "generated-key-gone");
  expect(gone?.summary).toMatch(/, so this sync generates a new value$/);
  expect(gone?.hint).toMatch(
    / before any restart: phalanx secrets restore demo --kv-version \S+ notebooks\/crypt-key$/,
  );
  expect(await kv.version("notebooks")).toBe(version + 1);
});
