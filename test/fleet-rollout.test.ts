import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FleetReport } from "../src/model/fleet-report.js";
import { CANARY, type FleetScene, inTree, openFleet } from "./support/fleet.js";
import { rolloutAnswer, rolloutStatus, workload } from "./support/rollout-answer.js";

const OLD = [
  workload("portal", "old", "password"),
  workload("tap", "in-doubt", "token"),
  workload("api", "current", "token"),
];
const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

describe("fleet audit --rollout", () => {
  let scene: FleetScene;
  beforeAll(async () => {
    scene = await openFleet(CANARY);
  });
  afterAll(() => scene.close());
  const put = (name: string, text: string): Promise<void> => writeFile(inTree(scene, name), text);
  const status = (name: string, ...args: Parameters<typeof rolloutStatus>): Promise<void> =>
    put(name, rolloutAnswer(rolloutStatus(...args)));
  const report = async (...args: string[]): Promise<FleetReport> => {
    const done = await scene.audit(...args, "--json");
    return FleetReport.parse((JSON.parse(done.stdout) as { result: unknown }).result);
  };

  test("shows who holds old values beside what the audit has found, and that is a finding", async () => {
    await status("old.json", "clean", ago(1), OLD);
    const { exit, stdout, stderr } = await scene.audit("clean", "drifted", "--rollout", "old.json");
    expect([exit, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(/^Environment .*Share {2}Held$/m);
    expect(stdout).toMatch(/^clean .* - {5}2$/m);
    expect(stdout).toMatch(/^drifted {5}clean, except 1 static secret not compared$/m);
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
      /Values that are not picked up: • clean: old in 1 workload, in doubt in 1, since 2026-11-20 10:00 UTC, as of \S+ \S+ UTC \(source\): phalanx rollout status clean/,
    );
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("has it in the report: each workload, with why, and since when the oldest value waits", async () => {
    await status("old.json", "clean", ago(1), [workload("web", "old", "token", "password"), ...OLD]);
    const { environments } = await report("clean", "--rollout", "old.json");
    expect(environments[0]?.rollout).toMatchObject({
      settled: false,
      workloads: { current: 1, inDoubt: 1, old: 2 },
      waiting: { since: "2026-11-10T10:00:00.000Z", exact: false },
      unread: 0,
      applications: [
        {
          name: "source",
          notCopied: [],
          behind: [
            { kind: "Deployment", namespace: "source", name: "portal", holding: "old" },
            { name: "web", detail: expect.stringContaining("2 pods started before the change") },
            { name: "tap", holding: "in-doubt" },
          ],
        },
      ],
    });
    expect(environments[0]?.rollout).not.toHaveProperty("stale");
    expect(environments[0]?.counts).not.toHaveProperty("rollout");
  });

  test("what the operator has not copied counts as waiting, from its change in Vault or the newest change", async () => {
    await status("a.json", "clean", ago(1), [], { kind: "differs", keys: ["token"] });
    await status("b.json", "drifted", ago(1), [], { kind: "absent" });
    const { environments } = await report("clean", "drifted", "--rollout", "a.json", "b.json");
    expect(environments.map(({ rollout }) => [rollout?.settled, rollout?.waiting?.since])).toEqual([
      [false, "2026-11-10T10:00:00.000Z"],
      [false, "2026-11-20T10:00:00.123Z"],
    ]);
    expect((await scene.audit("clean", "--rollout", "a.json")).stdout).toContain("1 Secret differs from Vault");
  });

  test("what is only in doubt waits for nothing", async () => {
    await status("doubt.json", "clean", ago(1), [workload("tap", "in-doubt", "token")]);
    const { environments } = await report("clean", "--rollout", "doubt.json");
    expect(environments[0]?.rollout).toMatchObject({ settled: false, workloads: { inDoubt: 1 } });
    expect(environments[0]?.rollout).not.toHaveProperty("waiting");
  });

  test("all current is clean", async () => {
    await status("current.json", "clean", ago(1), [workload("api", "current", "token")]);
    expect(await scene.audit("clean", "--rollout", "current.json")).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^clean {7}clean, except 1 static secret not compared$/m),
    });
  });

  test("a look of yesterday is shown, and its age is said", async () => {
    await status("stale.json", "clean", ago(73), OLD);
    await status("quiet.json", "drifted", ago(25), [workload("api", "current", "token")]);
    const { stdout } = await scene.audit("clean", "drifted", "--rollout", "stale.json", "quiet.json");
    const flat = stdout.replaceAll(/\s+/g, " ");
    expect(flat).toMatch(/old in 1 workload, .* UTC, 3 days old \(source\)/);
    expect(flat).toMatch(/Not checked: • drifted: what its workloads hold now: the last check is 25 hours old/);
    expect((await report("clean", "--rollout", "stale.json")).environments[0]?.rollout?.stale).toBe(true);
  });

  test("of two looks at one environment the newer one counts, whatever their order", async () => {
    await status("new.json", "clean", ago(1), [workload("api", "current", "token")]);
    await status("old.json", "clean", ago(2), OLD);
    for (const files of [
      ["new.json", "old.json"],
      ["old.json", "new.json"],
    ]) {
      const { exit, stderr } = await scene.audit("clean", "--rollout", ...files);
      expect(exit).toBe(0);
      expect(stderr).toContain("old.json: is ignored: new.json has a newer result for clean");
    }
  });

  test("is shown of an environment that could not be audited", async () => {
    await status("sealed.json", "sealed", ago(1), OLD);
    await scene.audit("--rollout", "sealed.json", "--metrics", "sealed.prom", "--force");
    const text = await readFile(inTree(scene, "sealed.prom"), "utf8");
    expect(text).toContain('phalanx_rollout_workloads{environment="sealed",holding="old"} 1\n');
    expect(text).toContain('phalanx_rollout_waiting_since_timestamp_seconds{environment="sealed"} 1795168800\n');
    expect(text).toMatch(/^phalanx_rollout_checked_timestamp_seconds\{environment="sealed"\} \d+$/m);
  });

  test("an environment of another part is passed over; merging keeps what parts have, or takes what is newer", async () => {
    await status("clean.json", "clean", ago(3), OLD);
    await status("drifted.json", "drifted", ago(3), OLD);
    const both = ["--rollout", "clean.json", "drifted.json"];
    for (const i of ["1", "2"]) {
      const { stderr } = await scene.audit("clean", "drifted", "--shard", `${i}/2`, "-o", `part${i}.json`, ...both);
      expect(stderr).toBe("");
    }
    const held = async (...args: string[]) =>
      (await report("--merge", "part1.json", "part2.json", ...args)).environments.map(
        ({ rollout }) => rollout?.workloads.old,
      );
    expect(await held()).toEqual([1, 1]);
    await status("newer.json", "drifted", ago(2), [workload("api", "current", "token")]);
    await status("older.json", "clean", ago(4), [workload("api", "current", "token")]);
    expect(await held("--rollout", "newer.json", "older.json")).toEqual([1, 0]);
    await status("sealed.json", "sealed", ago(2), OLD);
    const { exit, stderr } = await scene.audit("--merge", "part1.json", "part2.json", "--rollout", "sealed.json");
    expect([exit, stderr]).toEqual([
      2,
      expect.stringContaining("sealed.json: is about sealed, which is not an environment of this fleet"),
    ]);
  });

  describe("refuses, before any server is asked, what is no such file:", () => {
    const answer = (change: (answer: Record<string, unknown>) => unknown): string =>
      JSON.stringify(change(JSON.parse(rolloutAnswer(rolloutStatus("clean", ago(1), OLD))) as Record<string, unknown>));
    test.each<[name: string, text: string | undefined, problem: string]>([
      ["none", undefined, "nowhere.json does not exist\nHint: Give the output of phalanx rollout status ENV --json"],
      ["no JSON", "hello", "bad.json: is not the output of rollout status\n"],
      ["an empty file", "", "bad.json: is not the output of rollout status\n"],
      ["null", "null", "bad.json: is not the output of rollout status\n"],
      ["a report of a fleet", '{"format":"phalanx-fleet-report","version":2}', "is not the output of rollout status\n"],
      [
        "another command's",
        answer((a) => ({ ...a, command: "secrets audit" })),
        "bad.json: is the output of secrets audit, not",
      ],
      [
        "an unspeakable command's",
        answer((a) => ({ ...a, command: "\u001b[31m" })),
        "bad.json: is not the output of rollout status\n",
      ],
      ["another version's", answer((a) => ({ ...a, version: 2 })), "bad.json: is not the output of rollout status\n"],
      ["without a result", answer((a) => ({ ...a, result: null })), "bad.json: has no result: rollout status failed\n"],
      [
        "damaged",
        answer((a) => ({ ...a, result: { ...(a["result"] as object), at: "now" } })),
        "bad.json: is damaged (at at)\n",
      ],
      [
        "about a part of it",
        answer((a) => ({ ...a, result: { ...(a["result"] as object), scope: { names: ["source"] } } })),
        "bad.json: covers only part of the environment\nHint: Run phalanx rollout status without names",
      ],
      [
        "with holdings of its own",
        answer((a) => JSON.parse(JSON.stringify(a).replaceAll('"old"', '"fine"'))),
        "bad.json: is damaged (at secrets.0.",
      ],
      [
        "of an environment that there is not",
        answer((a) => JSON.parse(JSON.stringify(a).replaceAll('"clean"', '"cleen"'))),
        "bad.json: is about cleen, which is not an environment of this fleet\nHint: Known environments: clean,",
      ],
    ])("%s", async (_, text, problem) => {
      if (text !== undefined) await put("bad.json", text);
      const done = await scene.audit("--rollout", text === undefined ? "nowhere.json" : "bad.json");
      expect(done).toMatchObject({ exit: 2, stdout: "", stderr: expect.stringContaining(problem) });
    });

    test("names that would move a terminal's cursor are shown as they are written", async () => {
      await put("bad.json", rolloutAnswer(rolloutStatus("\u001b[2J", ago(1), OLD)));
      expect((await scene.audit("--rollout", "bad.json")).stderr).not.toContain("\u001b");
      const found = rolloutStatus("clean", ago(1), [workload("a\u001b[2J", "old", "password")]);
      const secrets = found.secrets.map((each) => ({ ...each, application: "x\u001b[2J\n" }));
      await put("bad.json", rolloutAnswer({ ...found, secrets }));
      expect((await scene.audit("clean", "--rollout", "bad.json")).stdout).not.toContain("\u001b");
    });
  });
});
