import { execFileSync, spawn } from "node:child_process";
import { mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AUDIT_HEAD, AuditLine } from "../src/model/audit-line.js";
import { BIN, type Finished, ROOT } from "./support/cli.js";
import { worldsForEach, type World } from "./support/world.js";

const open = worldsForEach();
const GENERATED = "a: {description: x, generate: {type: password}}\n";
const SECRETS = `${GENERATED}s: {description: x}\n`;
const FILES = { "static.yaml": "applications: {app: {s: {value: canary-of-the-file}}}\n" };
const LOG = ["--audit-log", "audit.log"];

const openWorld = (): Promise<World> => open({ app: { secrets: SECRETS } }, FILES);
const path = (world: World): string => join(world.tree.root, "audit.log");
const textOf = (world: World): Promise<string> => readFile(path(world), "utf8");

async function linesOf(world: World): Promise<AuditLine[]> {
  const text = await textOf(world);
  expect(text.endsWith("\n")).toBe(true);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => AuditLine.parse(JSON.parse(line)));
}

const sync = (world: World, ...args: string[]): Promise<Finished> =>
  world.run(["secrets", "sync", "test", "--secrets", "static.yaml", ...LOG, ...args]);

describe("the audit log", () => {
  test("has a line for each run that may write: who, what, why, what was to change, and what became of it", async () => {
    const world = await openWorld();
    await sync(world, "--by", "ada", "--reason", "first install");
    const [line] = await linesOf(world);
    const { time, vault, outcome, ...rest } = AuditLine.parse(line);
    expect(new Date(time).toISOString()).toBe(time);
    expect(vault).toEqual({ url: world.proxy.url, prefix: "secret/phalanx/test" });
    const changes = {
      create: 2,
      update: 0,
      delete: 0,
      applications: [{ application: "app", action: "create", create: ["a", "s"], update: [], delete: [] }],
    };
    expect(rest).toEqual({
      format: "phalanx-audit-log",
      version: 1,
      by: "ada",
      reason: "first install",
      command: "secrets sync",
      environment: "test",
      names: [],
      options: { "--secrets": ["static.yaml"] },
      tool: expect.stringMatching(/^\d/),
      plan: changes,
    });
    const [written] = changes.applications;
    expect(outcome).toEqual({
      exitStatus: 0,
      run: expect.stringMatching(/^\d{8}T/),
      written: { ...changes, applications: [{ ...written, version: 1 }] },
      error: null,
    });
    const { stdout } = await world.run(["secrets", "history", "test"]);
    expect(stdout).toContain(outcome.run);
  });

  test("is added to by every command that writes secrets, and holds no value", async () => {
    const world = await openWorld();
    await sync(world);
    const log = { env: { ...world.env, PHALANX_AUDIT_LOG: path(world) } };
    await world.run(["secrets", "rotate", "test", "app/a", "--yes"], log);
    await world.run(["secrets", "set", "test", "app/s", "--yes"], { ...log, input: "canary-of-the-input" });
    await world.run(["secrets", "restore", "test", "--last", "--yes"], log);
    await world.kv.call("POST", "secret/data/phalanx/old/other", { data: { b: "canary-of-another" } });
    await world.run(["vault", "copy-secrets", "test", "secret/phalanx/old", "--yes"], log);
    await sync(world, "--delete");
    expect((await linesOf(world)).map(({ command, outcome }) => [command, outcome.written])).toMatchObject([
      ["secrets sync", { create: 2 }],
      ["secrets rotate", { update: 1, applications: [{ update: ["a"], version: 2 }] }],
      ["secrets set", { update: 1, applications: [{ update: ["s"], version: 3 }] }],
      ["secrets restore", { update: 1, applications: [{ update: ["s"], version: 4 }] }],
      ["vault copy-secrets", { create: 1, applications: [{ application: "other", create: ["b"] }] }],
      ["secrets sync", { delete: 1, applications: [{ application: "other", action: "delete", delete: ["b"] }] }],
    ]);
    expect((await linesOf(world)).map(({ names }) => names.join())).toEqual([
      "",
      "app/a",
      "",
      "",
      "secret/phalanx/old",
      "",
    ]);
    const text = await textOf(world);
    for (const value of ["canary", ...Object.values((await world.kv.get("app")) ?? {})])
      expect(text).not.toContain(String(value));
  });

  test("has a line for what was refused, with why, and for what found nothing to do", async () => {
    const world = await openWorld();
    await world.run(["secrets", "sync", "test", ...LOG]);
    await sync(world, "--reason", "x".repeat(201));
    await world.run(["secrets", "sync", "tset", ...LOG]);
    await world.run(["secrets", "set", "test", "canary-given-as-a-name", ...LOG], { input: "x" });
    await sync(world, "--json");
    await sync(world);
    await sync(world);
    const lines = await linesOf(world);
    expect(
      lines.map(({ environment, plan, outcome: { exitStatus, run, error } }) => [
        environment,
        plan?.applications.length,
        exitStatus,
        run === null,
        error?.code,
      ]),
    ).toEqual([
      ["test", undefined, 2, true, "plan-unresolved"],
      ["test", undefined, 2, true, "note-text-refused"],
      ["tset", undefined, 2, true, "environment-unknown"],
      ["test", undefined, 2, true, "set-name-invalid"],
      ["test", undefined, 2, true, "option-companion-missing"],
      ["test", 1, 0, false, undefined],
      ["test", 0, 0, true, undefined],
    ]);
    expect(lines.map(({ by }) => by)).toEqual(lines.map(() => "ada"));
    expect(await textOf(world)).not.toContain("canary");
  });

  test("says what a plan would have done that a guard has stopped", async () => {
    const world = await openWorld();
    await sync(world);
    for (let i = 0; i < 6; i++) await world.kv.put(`stray-${i}`, { x: "1" });
    await sync(world, "--delete");
    expect((await linesOf(world)).at(-1)).toMatchObject({
      options: { "--delete": true },
      plan: { delete: 6 },
      outcome: { exitStatus: 2, written: { delete: 0, applications: [] }, error: { code: "mass-change" } },
    });
  });

  test("says what had been written when a run stopped", async () => {
    const world = await open({ one: { secrets: GENERATED }, two: { secrets: GENERATED } });
    world.intercept(({ method, path: asked }) =>
      method === "POST" && asked.endsWith("/data/phalanx/test/two")
        ? { status: 403, body: '{"errors":["permission denied"]}' }
        : "pass",
    );
    const { exit } = await world.run(["secrets", "sync", "test", ...LOG]);
    const [line] = await linesOf(world);
    expect(exit).toBe(1);
    expect(line).toMatchObject({ plan: { create: 2 }, outcome: { exitStatus: 1, written: { create: 1 } } });
    expect(line?.outcome.error).not.toBe(null);
  });

  test("is left alone by what only looks", async () => {
    const world = await openWorld();
    const log = { env: { ...world.env, PHALANX_AUDIT_LOG: path(world) } };
    for (const args of [
      ["sync", "test", "--dry-run", "--secrets", "static.yaml"],
      ["audit", "test"],
      ["plan", "test"],
      ["history", "test"],
      ["list", "test"],
    ])
      await world.run(["secrets", ...args], log);
    await expect(stat(path(world))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("is for its owner alone, and keeps what is there", async () => {
    const world = await openWorld();
    await sync(world);
    expect((await stat(path(world))).mode & 0o777).toBe(0o600);
    const before = await textOf(world);
    await sync(world);
    expect(await textOf(world)).toMatch(
      new RegExp(`^${before.replaceAll(/[{}[\]().?+*\\]/g, String.raw`\$&`)}{"format"`),
    );
  });

  test("keeps the lines of many runs at once apart", async () => {
    const world = await openWorld();
    await Promise.all(Array.from({ length: 8 }, (_, i) => sync(world, "--by", `user ${i}`)));
    const lines = await linesOf(world);
    expect(lines.map(({ by }) => by).sort()).toEqual(Array.from({ length: 8 }, (_, i) => `user ${i}`));
  });

  test("keeps a line that a full disk has cut off apart from the next one", async () => {
    const world = await openWorld();
    await writeFile(path(world), `${AUDIT_HEAD}"vers`);
    await sync(world);
    const [cut, line = ""] = (await textOf(world)).split("\n");
    expect(cut).toBe(`${AUDIT_HEAD}"vers`);
    expect(AuditLine.parse(JSON.parse(line)).outcome.exitStatus).toBe(0);
  });

  test("does nothing to a terminal that shows it", async () => {
    const world = await openWorld();
    await sync(world, "--by", "\u{202E}ada\u{2066}");
    const text = await textOf(world);
    expect(text).toContain(String.raw`"by":"\u202eada\u2066"`);
  });
});

describe("an audit log that cannot be written to", () => {
  const makes: [string, (file: string) => Promise<unknown>, string][] = [
    [
      "a link",
      async (file) => {
        await writeFile(`${file}.other`, "");
        await symlink(`${file}.other`, file);
      },
      "it is a link",
    ],
    ["a static secrets file", (file) => writeFile(file, FILES["static.yaml"]), "it holds something else"],
    ["a directory", (file) => mkdir(file), "it is not a regular file"],
    ["a pipe", (file) => Promise.resolve(execFileSync("mkfifo", [file])), "it is not a regular file"],
  ];
  test.each(makes)("because it is %s ends the run before it has begun", async (_, make, reason) => {
    const world = await openWorld();
    await make(path(world));
    const { exit, stdout, stderr } = await sync(world);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
    expect(stderr).toContain(
      `Error: the audit log audit.log cannot be written (${reason}): nothing was written to Vault\n`,
    );
    expect(await world.kv.get("app")).toBeUndefined();
  });

  test("because its directory does not exist ends the run, too, also with --json", async () => {
    const world = await openWorld();
    const args = ["secrets", "sync", "test", "--secrets", "static.yaml", "--yes", "--json", "--audit-log", "none/log"];
    const { exit, stdout, stderr } = await world.run(args);
    expect(exit).toBe(2);
    expect(stderr).toContain("the audit log none/log cannot be written (ENOENT)");
    expect(JSON.parse(stdout)).toMatchObject({ result: null, diagnostics: [{ code: "audit-log-unusable" }] });
    expect(await world.kv.get("app")).toBeUndefined();
  });

  test("at the end of a run is an error, but the report of the run is complete", async () => {
    const world = await openWorld();
    await writeFile(path(world), `${AUDIT_HEAD}}\n`);
    // No file may have a byte more: what a full disk does to a file that could be opened.
    const args = ["secrets", "sync", "test", "--secrets", "static.yaml", ...LOG];
    const { exit, stdout, stderr } = await starved(world, args);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "Created Vault secret for app\n" });
    expect(stderr).toMatch(/^To undo this: phalanx secrets restore test --run /m);
    expect(stderr).toMatch(
      /^Error: this run is missing from the audit log audit.log, which could not be written at the end of the run \(EFBIG\)\n/m,
    );
    expect(await textOf(world)).toBe(`${AUDIT_HEAD}}\n`);
  });

  test('at the end of a refused run does not cast doubt on "nothing was written"', async () => {
    const world = await openWorld();
    const { exit, stderr } = await starved(world, ["secrets", "sync", "test", ...LOG]);
    expect(exit).toBe(2);
    expect(stderr).toContain("this run is missing from the audit log audit.log");
    expect(stderr).toMatch(/^Error: .*app\/s/m);
  });
});

/** Runs the built program where no file may grow. */
async function starved(world: World, args: readonly string[]): Promise<Finished> {
  const child = spawn("sh", ["-c", `trap "" XFSZ; ulimit -f 0; exec "$0" "$@"`, process.execPath, BIN, ...args], {
    cwd: world.tree.root,
    env: { PATH: process.env["PATH"], ...world.env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const exit = await new Promise<number>((done) => child.once("close", (code) => done(code ?? -1)));
  return { exit, stdout, stderr };
}

test("the line that the page shows is one", async () => {
  const page = await readFile(`${ROOT}docs/explanation/records.md`, "utf8");
  const [, line = ""] = /^```json\n([^]*?)^```$/m.exec(page) ?? [];
  expect(AuditLine.safeParse(JSON.parse(line)).error).toBeUndefined();
});
