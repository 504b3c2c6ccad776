import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { BIN, type Finished, phalanxProcess } from "./support/cli.js";
import { type World, worldsForEach } from "./support/world.js";

/**
 * A machine without space, without open files or without a home. A test that is marked as failing shows a fault that is
 * known and not mended yet.
 */
const open = worldsForEach();
const APPLICATIONS = {
  origin: { secrets: "p: {description: x, generate: {type: password}}\n" },
  copier: { secrets: "p: {copy: {application: origin, key: p}}\n" },
};

/** Where the output of a process goes: to the test, to a pipe without a reader, or to a device. */
type Output = "" | "GONE" | ">/dev/full";

/** Runs the built program after a line of shell, which may take something away from it; exit status -1 is a signal. */
async function starved(world: World, limit: string, args: readonly string[], output: Output = ""): Promise<Finished> {
  const redirect = output === "GONE" ? "" : output;
  const child = spawn("sh", ["-c", `${limit}; exec "$0" "$@" ${redirect}`, process.execPath, BIN, ...args], {
    cwd: world.tree.root,
    env: { PATH: process.env["PATH"], ...world.env },
  });
  if (output === "GONE") child.stdout.destroy();
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const exit = await new Promise<number>((done) => child.once("close", (code) => done(code ?? -1)));
  return { exit, stdout, stderr };
}

describe("a credential whose file cannot be written", () => {
  /** What there is now, and whether Vault takes it. */
  const tokenOf = (text: string): string => /^token: "?([^"\n]+)/m.exec(text)?.[1] ?? "";
  const works = async ({ kv }: World, token: string): Promise<boolean> =>
    (await kv.call("POST", "auth/token/lookup", { token })).status === 200;

  test("leaves the write token that is to be replaced alive (finding 4)", async () => {
    const world = await open(APPLICATIONS);
    const old = tokenOf((await world.run(["vault", "create-write-token", "test"])).stdout);
    expect(await works(world, old)).toBe(true);
    // No file may have a byte: what a full disk does to a file that could be opened.
    const args = ["vault", "create-write-token", "test", "-o", "token"];
    const finished = await starved(world, 'trap "" XFSZ; ulimit -f 0', args);
    expect(finished.exit).not.toBe(0);
    expect(tokenOf(await readFile(`${world.tree.root}/token`, "utf8").catch(() => ""))).toBe("");
    expect(await works(world, old)).toBe(true);
  });

  test("leaves the SecretID that is to be replaced alive (finding 4)", async () => {
    const world = await open(APPLICATIONS);
    await world.kv.call("POST", "sys/auth/approle", { type: "approle" });
    const { stdout } = await world.run(["vault", "create-read-approle", "test"]);
    const printed = (name: string): string => new RegExp(`^${name}: "?([^"\\n]+)`, "m").exec(stdout)?.[1] ?? "";
    const credentials = { role_id: printed("role_id"), secret_id: printed("secret_id") };
    const login = async (): Promise<number> => (await world.kv.call("POST", "auth/approle/login", credentials)).status;
    expect(await login()).toBe(200);
    const args = ["vault", "create-read-approle", "test", "-o", "approle"];
    expect((await starved(world, 'trap "" XFSZ; ulimit -f 0', args)).exit).not.toBe(0);
    expect(await login()).toBe(200);
  });

  describe.skipIf(!existsSync("/dev/full"))("but is an output", () => {
    test.each<[string, Output]>([
      ["that is full", ">/dev/full"],
      // Its reader is gone before the first byte comes.
      ["that nobody reads", "GONE"],
    ])("%s, is not reported as shown, and the old one stays alive (finding 4)", async (_, output) => {
      const world = await open(APPLICATIONS);
      const old = tokenOf((await world.run(["vault", "create-write-token", "test"])).stdout);
      const finished = await starved(world, "true", ["vault", "create-write-token", "test"], output);
      expect(finished.exit).not.toBe(0);
      expect(await works(world, old)).toBe(true);
    });
  });
});

describe("a home that cannot be written", () => {
  test.each([
    ["rotate", ["secrets", "rotate", "test", "origin/p", "--yes"]],
    ["sync --regenerate", ["secrets", "sync", "test", "--regenerate"]],
  ])("ends %s with an error before anything is written, not with a crash (finding 8)", async (_, args) => {
    const world = await open(APPLICATIONS);
    await world.run(["secrets", "sync", "test"]);
    // As on a disk that is not there.
    await symlink(`${world.tree.root}/nowhere/home`, `${world.tree.root}/home`);
    const env = { VAULT_TOKEN: world.vault.rootToken, HOME: `${world.tree.root}/home` };
    const finished = await world.run(args, { env });
    expect(finished).toMatchObject({ exit: 2, stdout: "" });
    expect(finished.stderr).toMatch(/^Error: .*home.*\n(Hint: .*\n)?$/m);
    expect(await world.kv.version("origin")).toBe(1);
  });
});

describe("few open files", () => {
  test("never let a run end without saying what it wrote (finding 8)", { timeout: 120_000 }, async () => {
    const world = await open(APPLICATIONS);
    const wrong: string[] = [];
    // With fewer, Node itself cannot load a program.
    for (let files = 22; files <= 36; files += 1) {
      for (const name of ["origin", "copier"]) await world.kv.call("DELETE", `secret/metadata/phalanx/test/${name}`);
      const { exit, stdout, stderr } = await starved(world, `ulimit -n ${files}`, ["secrets", "sync", "test"]);
      const versions = [await world.kv.version("origin"), await world.kv.version("copier")];
      const said = ["origin", "copier"].map((name) => Number(stdout.includes(`Created Vault secret for ${name}\n`)));
      if (versions.join() !== said.join()) wrong.push(`${files}: exit ${exit}, written unsaid: ${stdout}${stderr}`);
      if (stderr.includes("internal error")) wrong.push(`${files}: exit ${exit}: ${stderr}`);
    }
    expect(wrong).toEqual([]);
  });
});

test("many requests that wait at once are no reason for Node to say anything", async () => {
  const names = Array.from({ length: 20 }, (_, i) => `app-${i}`);
  const world = await open(
    Object.fromEntries(names.map((name) => [name, { secrets: "p: {description: x, generate: {type: password}}\n" }])),
  );
  await world.run(["secrets", "sync", "test"]);
  const failed = new Set<string>();
  world.intercept(({ method, path }) => {
    if (method !== "GET" || !path.includes("/data/") || failed.has(path)) return "pass";
    failed.add(path);
    return { status: 500, body: "{}" };
  });
  const { exit, stderr } = await phalanxProcess(["secrets", "rotate", "test", "app-1/p", "--yes"], {
    cwd: world.tree.root,
    env: world.env,
  });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: expect.not.stringContaining("MaxListeners") });
});
