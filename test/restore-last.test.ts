import { describe, expect, test } from "vitest";
import type { Fate } from "./support/proxy.js";
import { worldsForEach } from "./support/world.js";

const open = worldsForEach();
const APPLICATIONS = {
  app: {
    secrets: "a: {description: x, generate: {type: password}}\nb: {description: x, generate: {type: password}}\n",
  },
  other: { secrets: "c: {description: x, generate: {type: password}}\n" },
};
const METADATA = "secret/metadata/phalanx/test/app";
const LAST = ["secrets", "restore", "test", "--last", "--yes"];

describe("restore --last", () => {
  test("takes back the last run that was noted, names it, and leaves what others wrote since", async () => {
    const world = await open(APPLICATIONS);
    await world.run(["secrets", "sync", "test"]);
    const before = await world.kv.get("app");
    await world.run(["secrets", "rotate", "test", "app/a", "--yes", "--by", "ada", "--reason", "leaked"]);
    await world.kv.set("app", "b", "theirs");
    await world.kv.set("other", "c", "theirs");
    const { exit, stdout, stderr } = await world.run(LAST);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: "Updated Vault secret for app a\n" });
    expect(stderr).toMatch(
      /^the last recorded run is \w{16}-\w{6} of [\d-]{10} [\d:]{8} UTC \(rotate by ada: leaked\)$/m,
    );
    expect(stderr).toMatch(/^done later, so not undone: (?:app|other) \(version \d written by an unknown writer\), /m);
    expect(await world.kv.get("app")).toEqual({ ...before, b: "theirs" });
  });

  test("takes back a restore, too, so that twice is as before", async () => {
    const world = await open(APPLICATIONS);
    await world.run(["secrets", "sync", "test"]);
    await world.run(["secrets", "rotate", "test", "app/a", "--yes"]);
    const rotated = await world.kv.get("app");
    await world.run(LAST);
    expect(await world.kv.get("app")).not.toEqual(rotated);
    await world.run(LAST);
    expect(await world.kv.get("app")).toEqual(rotated);
  });

  test("stays with the run that it found, though another one is noted meanwhile", async () => {
    const world = await open(APPLICATIONS);
    await world.run(["secrets", "sync", "test"]);
    const before = await world.kv.get("app");
    await world.run(["secrets", "rotate", "test", "app/a", "--yes"]);
    let raced = false;
    world.intercept(async ({ method, path }): Promise<Fate> => {
      if (raced || method !== "POST" || !path.endsWith("/data/phalanx/test/app")) return "pass";
      raced = true;
      await world.kv.put("app", { ...(await world.kv.get("app")), b: "of another run" });
      const { body } = await world.kv.call("GET", METADATA);
      const { custom_metadata: noted } = (body as { data: { custom_metadata: Record<string, string> } }).data;
      const writers = `3|21000101T000000Z-abcdef||0 ${noted["phalanx.writers"]}`;
      await world.kv.call("POST", METADATA, { custom_metadata: { ...noted, "phalanx.writers": writers } });
      return "pass";
    });
    const { exit } = await world.run(LAST);
    expect({ raced, exit }).toEqual({ raced: true, exit: 0 });
    expect(await world.kv.get("app")).toEqual({ ...before, b: "of another run" });
  });

  test.each([
    [["--last"], (id: string) => `--run ${id} --allow-mass-change --yes`],
    [["--run", "latest"], (id: string) => `--run ${id} --allow-mass-change --yes`],
    [["--run=latest"], (id: string) => `--run=${id} --allow-mass-change --yes`],
  ])("with nobody to ask gives the line for that run alone: %j", async (asked, options) => {
    const world = await open(APPLICATIONS);
    await world.run(["secrets", "sync", "test"]);
    await world.run(["secrets", "rotate", "test", "app/a", "--yes"]);
    const { exit, stderr } = await world.run(["secrets", "restore", "test", ...asked, "--allow-mass-change"]);
    const [, id = ""] = /the last recorded run is (\S+) /.exec(stderr) ?? [];
    expect(exit).toBe(2);
    expect(stderr).toContain(`If this is what you want: phalanx secrets restore test ${options(id)}\n`);
    // Whoever pastes it takes back what they have looked at.
    await world.run(["secrets", "rotate", "test", "other/c", "--yes"]);
    const between = await world.kv.get("other");
    await world.run(["secrets", "restore", "test", ...options(id).split(" ")]);
    expect(await world.kv.get("other")).toEqual(between);
  });

  test("is refused where no run is noted, whatever others wrote", async () => {
    const world = await open(APPLICATIONS);
    await world.kv.put("app", { a: "1" });
    const { exit, stderr } = await world.run(LAST);
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr:
        "Error: Vault holds no version for which a run of test is recorded\nHint: phalanx secrets history test shows what there is; --at and --kv-version restore what other programs overwrote.\n",
    });
  });
});
