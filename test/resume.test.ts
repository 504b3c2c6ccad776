import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { type Finished, phalanx, startPhalanx } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";
import { type Fate, type Proxy, type ProxiedRequest, startProxy } from "./support/proxy.js";
import { HAS_SCRIPT, phalanxAtTerminal } from "./support/terminal.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

interface World {
  readonly vault: TestVault;
  readonly proxy: Proxy;
  readonly tree: TestTree;
  readonly kv: Kv;
  readonly env: Record<string, string>;
}

const APPLICATIONS = {
  origin: { secrets: "p: {description: x, generate: {type: password}}\n" },
  copier: { secrets: "p: {copy: {application: origin, key: p}}\n" },
  other: { secrets: "q: {description: x, generate: {type: password}}\nr: {copy: {application: copier, key: p}}\n" },
};
const isWriteTo = (application: string, { method, path }: ProxiedRequest): boolean =>
  method === "POST" && path === `secret/data/phalanx/test/${application}`;

let decide: (request: ProxiedRequest) => Fate | Promise<Fate> = () => "pass";
const worlds: World[] = [];
afterEach(async () => {
  decide = () => "pass";
  for (const { vault, proxy, tree } of worlds.splice(0)) {
    await proxy.close();
    await vault.close();
    await tree.remove();
  }
});

async function openWorld(): Promise<World> {
  const vault = await startVault();
  const proxy = await startProxy(vault.url, (request) => decide(request));
  const tree = await makeTree(environmentFiles(proxy.url, APPLICATIONS));
  const world = {
    vault,
    proxy,
    tree,
    kv: openKv(vault.url, vault.rootToken, "secret/phalanx/test"),
    env: { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${tree.root}/state` },
  };
  worlds.push(world);
  await phalanx(["secrets", "sync", "test"], { cwd: tree.root, env: world.env });
  return world;
}

const values = async ({ kv }: World) => ({
  origin: await kv.get("origin"),
  copier: await kv.get("copier"),
  other: await kv.get("other"),
});

const undoLines = ({ stderr }: Finished): string[][] =>
  [...stderr.matchAll(/^To undo .+?: phalanx secrets (.+)$/gm)].map(([, line = ""]) => line.split(" "));

describe.each([
  ["rotation", ["rotate", "test", "origin/p", "other/q", "--yes"], ["rotate", "test", "--resume"]],
  ["sync --regenerate", ["sync", "test", "--regenerate"], ["sync", "test", "--regenerate", "--resume"]],
])("an interrupted %s", (what, first, resumed) => {
  test("is continued by --resume, and gives nothing a second new value", { timeout: 30_000 }, async () => {
    const world = await openWorld();
    const run = (args: readonly string[]) => phalanx(["secrets", ...args], { cwd: world.tree.root, env: world.env });
    const before = await values(world);
    decide = (request) =>
      isWriteTo("other", request)
        ? { status: 403, body: '{"errors":["1 error occurred:\\n\\t* permission denied\\n\\n"]}' }
        : "pass";
    const failed = await run(first);
    expect(failed.exit).toBe(1);
    expect(failed.stderr).toContain(`To continue: phalanx secrets ${resumed.join(" ")}\n`);
    expect(failed.stdout).toContain("Updated Vault secret for origin p\n");
    expect(failed.stderr).toContain("Warning: the run stopped early; the changes above were made.\n");
    expect(failed.stderr).not.toMatch(/run it again/i);
    decide = () => "pass";
    const middle = await values(world);
    expect(middle.origin?.["p"]).not.toBe(before.origin?.["p"]);
    expect(middle.other).toEqual(before.other);

    const again = await run(first);
    expect(again).toMatchObject({ exit: 2, stdout: "" });
    expect(again.stderr).toContain(`A ${what} of test from `);
    const address = ["--vault-address", world.proxy.url];
    expect((await run(["audit", "test", ...address])).stderr).toContain(
      `continue it: phalanx secrets ${[...resumed, ...address].join(" ")}\n`,
    );
    const options = what === "rotation" ? ["--allow-mass-change", ...address] : address;
    const { stderr } = await run([...first, ...options]);
    expect(stderr).toContain(`continue it with phalanx secrets ${[...resumed, ...options].join(" ")}, or undo`);
    expect(stderr).toMatch(new RegExp(`what it did: phalanx secrets restore test --run \\S+ ${options.join(" ")}\n`));

    const done = await run(resumed);
    expect(done.exit).toBe(0);
    const after = await values(world);
    expect(after.origin).toEqual(middle.origin);
    expect(await world.kv.version("origin")).toBe(2);
    expect(after.copier?.["p"]).toBe(after.origin?.["p"]);
    expect(after.other?.["r"]).toBe(after.origin?.["p"]);
    expect(after.other?.["q"]).not.toBe(before.other?.["q"]);
    expect(await world.kv.version("other")).toBe(2);
    expect((await run(resumed)).stderr).toContain(`No interrupted ${what} of test is recorded on this machine`);
  });

  test("is taken back with both lines of the one that went on, however often it was interrupted", {
    timeout: 30_000,
  }, async () => {
    const world = await openWorld();
    const run = (args: readonly string[]) => phalanx(["secrets", ...args], { cwd: world.tree.root, env: world.env });
    const before = await values(world);
    const refused: Fate = { status: 403, body: '{"errors":["1 error occurred:\\n\\t* permission denied\\n\\n"]}' };
    decide = (request) => (isWriteTo("copier", request) ? refused : "pass");
    await run(first);
    decide = (request) => (isWriteTo("other", request) ? refused : "pass");
    const second = await run(resumed);
    expect(second.exit).toBe(1);
    expect(undoLines(second)).toHaveLength(2);
    decide = () => "pass";
    const last = await run(resumed);
    expect(last.exit).toBe(0);
    const lines = undoLines(last);
    expect(lines).toHaveLength(3);
    expect(lines.slice(1)).toEqual(undoLines(second));
    for (const line of lines) expect((await run([...line, "--yes"])).exit).toBe(0);
    expect(await values(world)).toEqual(before);
  });

  test("that was killed is continued too", { timeout: 30_000 }, async () => {
    const world = await openWorld();
    const before = await values(world);
    const child = startPhalanx(["secrets", ...first], { cwd: world.tree.root, env: world.env });
    decide = async (request) => {
      if (!isWriteTo("copier", request)) return "pass";
      child.kill("SIGKILL");
      await once(child, "exit");
      return "reset-before";
    };
    await once(child, "exit");
    decide = () => "pass";
    const middle = await values(world);
    expect(middle.origin?.["p"]).not.toBe(before.origin?.["p"]);
    expect((await phalanx(["secrets", ...resumed], { cwd: world.tree.root, env: world.env })).exit).toBe(0);
    const after = await values(world);
    expect(after.origin).toEqual(middle.origin);
    expect(after.copier?.["p"]).toBe(after.origin?.["p"]);
    expect(after.other?.["q"]).not.toBe(before.other?.["q"]);
  });
});

test.skipIf(!HAS_SCRIPT)(
  "who is asked whether to continue a rotation is not asked about what is done already",
  { timeout: 30_000 },
  async () => {
    const world = await openWorld();
    const { tree, env, kv } = world;
    decide = (request) =>
      isWriteTo("copier", request) ? { status: 403, body: '{"errors":["permission denied"]}' } : "pass";
    await phalanx(["secrets", "rotate", "test", "origin/p", "--yes"], { cwd: tree.root, env });
    decide = () => "pass";
    const seen = await phalanxAtTerminal("secrets rotate test --resume", [[/\[y\/N\] /, "y"]], {
      cwd: tree.root,
      env: { ...env, PATH: process.env["PATH"] ?? "", TERM: "xterm", NO_COLOR: "1" },
    });
    expect(seen.screen).toContain("copier  version");
    expect(seen.screen).not.toContain("origin  version");
    expect(seen.screen).toContain("Continue this rotation in test? [y/N]");
    expect(seen.exit).toBe(0);
    expect(await kv.get("copier")).toEqual(await kv.get("origin"));
  },
);

describe("an interrupt by the operator", () => {
  test("finishes what is under way and says what was not written, and how to go on or back", {
    timeout: 30_000,
  }, async () => {
    const world = await openWorld();
    const child = startPhalanx(["secrets", "rotate", "test", "origin/p", "--yes"], {
      cwd: world.tree.root,
      env: world.env,
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => (stdout += String(chunk)));
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    decide = (request) => {
      if (isWriteTo("origin", request)) child.kill("SIGINT");
      return "pass";
    };
    const [exit] = (await once(child, "close")) as [number];
    expect(exit).toBe(1);
    expect(stdout).toBe("Updated Vault secret for origin p\n");
    expect(stderr).toMatch(
      /To undo this: phalanx secrets restore test --run \S+\n[^]*To continue: phalanx secrets rotate test --resume\n[^]*Error: Interrupted. Not written: copier, other\nHint: .*\n$/,
    );
  });
});
