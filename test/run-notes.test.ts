import { userInfo } from "node:os";
import { describe, expect, test } from "vitest";
import { ports } from "../src/terminal/ports.js";
import { openVault, apply, loadEnvironment, plan } from "../src/index.js";
import type { RunOptions } from "./support/cli.js";
import { worldsForEach, type World } from "./support/world.js";

const open = worldsForEach();
const GENERATED = { app: { secrets: "a: {description: x, generate: {type: password}}\n" } };
const STATIC = { app: { secrets: "a: {description: x}\n" } };

interface Noted {
  readonly command: string;
  readonly by: string;
  readonly reason: string;
}

/** What the newest event of the history says of who it was. */
async function newest(world: World): Promise<Noted> {
  const { stdout } = await world.run(["secrets", "history", "test", "--json"]);
  const { events } = (JSON.parse(stdout) as { result: { events: { writer: Noted }[] } }).result;
  const { command = "", by = "", reason = "" } = events[0]?.writer ?? {};
  return { command, by, reason };
}

function as(world: World, env: Record<string, string>): RunOptions {
  return { env: { ...world.env, GITHUB_ACTOR: "", ...env } };
}

describe("who it was", () => {
  test.each([
    ["the actor of GitHub", { GITHUB_ACTOR: "ada", GITLAB_USER_LOGIN: "bob" }, [], "ada"],
    ["the user of GitLab", { GITLAB_USER_LOGIN: "bob" }, [], "bob"],
    ["the login name", {}, [], userInfo().username],
    ["what was said", { GITHUB_ACTOR: "ada" }, ["--by", "Ada | on call, 100 %"], "Ada | on call, 100 %"],
    ["nobody, where that is wanted", { GITHUB_ACTOR: "ada" }, ["--by", ""], ""],
  ])("is %s", async (_, env, args, by) => {
    const world = await open(GENERATED);
    await world.run(["secrets", "sync", "test", ...args], as(world, env));
    expect(await newest(world)).toEqual({ command: "sync", by, reason: "" });
  });

  test("may be unknown to the system: a container runs as anybody", () => {
    expect(ports.login()).toBe(userInfo().username);
  });

  test.each([
    [{}, ["--by", "x".repeat(121)], "--by is longer than 120 characters"],
    [{}, ["--reason", "x".repeat(201)], "--reason is longer than 200 characters"],
    [{}, ["--by", "a\nb"], "--by has a line break or another control character"],
    [{}, ["--reason", "\u{1B}[31m"], "--reason has a line break or another control character"],
    [{ GITHUB_ACTOR: "x".repeat(121) }, [], "GITHUB_ACTOR is longer than 120 characters"],
  ])("is refused before anything is written, and not repeated, with %s %s", async (env, args, line) => {
    const world = await open(GENERATED);
    const { exit, stdout, stderr } = await world.run(["secrets", "sync", "test", ...args], as(world, env));
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
    expect(stderr).toContain(`Error: ${line}\n`);
    expect(stderr).not.toMatch(/x{9}|\u{1B}/u);
    expect(await world.kv.get("app")).toBeUndefined();
  });
});

describe("the history names the command, and why it was", () => {
  const WHY = ["--reason", "INC-17", "--yes"];
  const why = (command: string): Noted => ({ command, by: "ada", reason: "INC-17" });

  test("of rotate and restore", async () => {
    const world = await open(GENERATED);
    await world.run(["secrets", "sync", "test"]);
    await world.run(["secrets", "rotate", "test", "app/a", ...WHY]);
    expect(await newest(world)).toEqual(why("rotate"));
    await world.run(["secrets", "restore", "test", "--kv-version", "1", "app", ...WHY]);
    expect(await newest(world)).toEqual(why("restore"));
  });

  test("of set and copy-secrets", async () => {
    const world = await open(STATIC);
    await world.run(["secrets", "set", "test", "app/a", ...WHY], { input: "value" });
    expect(await newest(world)).toEqual(why("set"));
    await world.kv.call("POST", "secret/data/phalanx/old/other", { data: { b: "1" } });
    await world.run(["vault", "copy-secrets", "test", "secret/phalanx/old", ...WHY]);
    expect(await newest(world)).toEqual(why("copy-secrets"));
  });

  test("of a delete, which leaves no version", async () => {
    const world = await open(GENERATED);
    await world.kv.put("stray", { x: "1" });
    await world.run(["secrets", "sync", "test", "--delete", "--reason", "INC-17"]);
    const { stdout } = await world.run(["secrets", "history", "test", "stray"]);
    expect(stdout).toMatch(/ sync by ada: INC-17\n {2}stray {2}v1 {2}soft-deleted as a whole\n/);
  });

  test("of the library", async () => {
    const world = await open(GENERATED);
    const loaded = loadEnvironment(world.tree.root, "test");
    const vault = await openVault(loaded.environment, { token: world.vault.rootToken });
    try {
      const planned = await plan(vault, loaded);
      await expect(apply(vault, planned, { reason: "a\nb" })).rejects.toThrow("reason has a line break");
      await apply(vault, planned, { by: "robot", reason: "nightly" });
    } finally {
      vault.close();
    }
    expect(await newest(world)).toEqual({ command: "library", by: "robot", reason: "nightly" });
  });
});

test("what somebody else wrote there as a note does nothing to a terminal", async () => {
  const world = await open(GENERATED);
  await world.kv.put("app", { a: "1" });
  await world.kv.call("POST", "secret/metadata/phalanx/test/app", {
    custom_metadata: { "phalanx.writers": "1|r1||0", "phalanx.runs": "r1|sync|%1B%5B31mred|a%0Ab%E2%80%AE" },
  });
  const { stdout } = await world.run(["secrets", "history", "test"]);
  expect(stdout).toContain("sync by \\u{1b}[31mred: a\\u{a}b\\u{202e}\n");
});
