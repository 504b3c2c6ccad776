import { createHmac } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { expiryOf, isOlder, lastChanged, needsVersions } from "../src/fleet/ages.js";
import { type FingerprintEntry, sharedValues } from "../src/fleet/fingerprints.js";
import { partition } from "../src/fleet/shards.js";
import { refuseCollisions, variableSuffix } from "../src/fleet/variables.js";
import { encodeProvenance } from "../src/model/provenance.js";
import { FleetReport } from "../src/model/fleet-report.js";
import { embeddedJson } from "../src/render/fleet/html.js";
import { phalanx, ROOT } from "./support/cli.js";
import { CANARY, disturb, ENVIRONMENTS, type FleetScene, inTree, openFleet } from "./support/fleet.js";

const NOW = new Date("2026-11-24T00:00:00Z");

describe("the age of a generated value", () => {
  const writer = { run: "20260101T120000Z-abcdef", commit: "", tool: "1" };
  const state = (version: number, changedIn?: number, writers: readonly number[] = [version]) => ({
    kind: "present" as const,
    version,
    createdTime: "2026-10-01T00:00:00Z",
    values: new Map(),
    customMetadata: encodeProvenance(
      {},
      {
        environment: "e",
        writers: new Map(writers.map((number) => [number, writer])),
        events: [],
        keys: new Map(changedIn === undefined ? [] : [["k", { generator: "password", changedIn }]]),
      },
    ),
  });

  test("is exact where the latest version changed it, or is the first one", () => {
    expect(lastChanged("k", state(3, 3), undefined)).toEqual({ at: "2026-10-01T00:00:00Z", exact: true });
    expect(lastChanged("k", state(1), undefined)).toEqual({ at: "2026-10-01T00:00:00Z", exact: true });
  });

  test("comes from the name of the run that changed it", () => {
    expect(lastChanged("k", state(3, 2, [3, 2]), undefined)).toEqual({ at: "2026-01-01T12:00:00Z", exact: true });
  });

  test("is only a lower bound where nobody noted it, or another program wrote since", () => {
    expect(lastChanged("k", state(3), undefined)).toEqual({ at: "2026-10-01T00:00:00Z", exact: false });
    expect(lastChanged("k", state(3, 3, [2]), undefined)).toEqual({ at: "2026-10-01T00:00:00Z", exact: false });
  });

  test("is at least that of the oldest version that KV still has, where its own is gone", () => {
    const info = (createdTime: string) => ({ createdTime, deletionTime: "", destroyed: false });
    const versions = {
      currentVersion: 9,
      maxVersions: 0,
      metadataVersion: undefined,
      customMetadata: {},
      versions: new Map([
        [8, info("2026-03-01T00:00:00Z")],
        [9, info("2026-10-01T00:00:00Z")],
      ]),
    };
    expect(lastChanged("k", state(9, 2), versions)).toEqual({ at: "2026-03-01T00:00:00Z", exact: false });
    expect(lastChanged("k", state(9, 8), versions)).toEqual({ at: "2026-03-01T00:00:00Z", exact: true });
  });

  test("needs the metadata only where it decides", () => {
    const rule = { type: "password" as const };
    const secret = { application: "a", key: "k", kind: "generate" as const, rule, description: "", encoded: false };
    const needs = (latest: ReturnType<typeof state>, days: number | undefined) =>
      needsVersions([secret], latest, NOW, days === undefined ? undefined : days * 86_400);
    expect(needs(state(9, 2), 365)).toBe(true);
    expect(needs(state(9, 2), 10)).toBe(false);
    expect(needs(state(9, 2), undefined)).toBe(false);
    expect(needs(state(9, 9), 365)).toBe(false);
  });

  test("expiries and limits", () => {
    expect(expiryOf("2026-11-23T00:00:00Z", NOW).state).toBe("expired");
    expect(expiryOf("2026-12-20T00:00:00Z", NOW).state).toBe("soon");
    expect(expiryOf("2027-01-01T00:00:00Z", NOW).state).toBe("valid");
    expect(isOlder("2026-11-22T00:00:00Z", NOW, 86_400)).toBe(true);
    expect(isOlder("2020-01-01T00:00:00Z", NOW, undefined)).toBe(false);
  });
});

describe("comparing", () => {
  const entry = (environment: string, key: string, fingerprint: string, location = environment): FingerprintEntry => ({
    environment,
    application: "a",
    key,
    location,
    fingerprint,
  });

  test("finds one value in two environments, but not in two of one prefix, nor twice in one", () => {
    const shared = sharedValues([
      entry("x", "k", "1"),
      entry("y", "k", "1"),
      entry("x", "j", "2"),
      entry("x", "l", "2"),
    ]);
    expect(shared).toEqual([
      [
        { environment: "x", application: "a", key: "k" },
        { environment: "y", application: "a", key: "k" },
      ],
    ]);
    expect(sharedValues([entry("x", "k", "1", "same"), entry("y", "k", "1", "same")])).toEqual([]);
  });

  test("shards take every environment exactly once, in any order of the names", () => {
    const names = ["e", "d", "c", "b", "a"];
    const parts = [1, 2, 3].map((index) => partition(names, { index, of: 3 }));
    expect(parts).toEqual([["a", "d"], ["b", "e"], ["c"]]);
    expect(partition(names.toReversed(), { index: 1, of: 3 })).toEqual(parts[0]);
  });

  test("two environments whose variables would be the same are refused", () => {
    expect(variableSuffix("usdf-cm.dev")).toBe("USDF_CM_DEV");
    expect(() => refuseCollisions(["a-b"], ["a-b", "a_b"])).toThrow("VAULT_TOKEN_A_B would be the token of both");
    expect(() => refuseCollisions(["a-b"], ["a-b", "ab"])).not.toThrow();
  });

  test("embedded JSON cannot end its element", () => {
    const text = embeddedJson({ name: "</script><!--\u2028\u2029&" });
    expect(text).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(text)).toEqual({ name: "</script><!--\u2028\u2029&" });
  });
});

describe("fleet audit", () => {
  let scene: FleetScene;
  beforeAll(async () => {
    const certificate = await readFile(`${ROOT}test/fixtures/tls/cert.pem`, "utf8");
    scene = await openFleet(certificate);
    await disturb(scene);
  });
  afterAll(() => scene.close());
  const report = async (...args: string[]) => {
    const done = await scene.audit(...args, "--json");
    expect(done).toMatchObject({ stdout: expect.stringContaining("{") });
    return { ...done, report: FleetReport.parse(JSON.parse(done.stdout)) };
  };

  test("shows every environment, whatever happens to the others", async () => {
    const { exit, stderr, stdout, report: found } = await report();
    expect(exit).toBe(2);
    expect(stderr).toBe("Error: 2 of 5 environments could not be audited: sealed, wrong-token\n");
    expect(found.environments.map(({ name, state }) => [name, state])).toEqual([
      ["clean", "audited"],
      ["drifted", "audited"],
      ["no-login", "no-credentials"],
      ["sealed", "failed"],
      ["wrong-token", "failed"],
    ]);
    expect(found.environments[4]?.failure).toMatchObject({
      hint: "Set VAULT_TOKEN_WRONG_TOKEN to a current token of this environment.",
    });
    expect(found.environments[1]?.counts).toMatchObject({ drifted: 1, unknown: 1, shared: 1 });
    expect(found.sharing).toEqual({
      checked: "everywhere",
      values: [
        [
          { environment: "clean", application: "source", key: "token" },
          { environment: "drifted", application: "source", key: "token" },
        ],
      ],
    });
    expect(stdout).not.toContain(CANARY);
  });

  test("never shows a value or anything made from one", async () => {
    const values = [await scene.kv.clean.get("source"), await scene.kv.drifted.get("source"), { c: CANARY }].flatMap(
      (data) => Object.values(data ?? {}).map(String),
    );
    await scene.audit("--html", "all.html", "--json", "all.json", "--force");
    const { stdout } = await scene.audit();
    const texts = await Promise.all(["all.html", "all.json"].map((name) => readFile(inTree(scene, name), "utf8")));
    for (const text of [stdout, ...texts]) {
      for (const value of values) expect(text).not.toContain(value.trim().slice(0, 60));
      expect(text).not.toMatch(/fingerprint"|\b[0-9a-f]{64}\b/);
    }
  });

  test("exits 1 for findings alone, and insists on credentials of what is named", async () => {
    expect(await scene.audit("clean", "drifted")).toMatchObject({ exit: 1, stderr: "" });
    expect(await scene.audit("no-login")).toMatchObject({
      exit: 2,
      stdout: expect.stringContaining("Set VAULT_TOKEN_NO_LOGIN, or say in phalanx.fleet.yaml"),
    });
    expect(await scene.audit("cleen")).toMatchObject({
      exit: 2,
      stdout: "",
      stderr: `Hint: Did you mean "clean"? Known environments: ${ENVIRONMENTS.join(", ")}.\nError: No configuration found for environment cleen\n`,
    });
  });

  test("fits into 80 columns", async () => {
    const { stdout } = await scene.audit();
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  describe("in shards", () => {
    afterEach(() => void delete scene.env["PHALANX_FINGERPRINT_KEY"]);
    const shards = async (name: string): Promise<string[]> => {
      const files = [1, 2].map((index) => `${name}-${index}.json`);
      for (const [i, file] of files.entries())
        await scene.audit("clean", "drifted", "--shard", `${i + 1}/2`, "--json", file, "--force");
      return files;
    };

    test("without a shared key, says that they were not compared", async () => {
      const files = await shards("plain");
      expect(await readFile(inTree(scene, files[0] ?? ""), "utf8")).not.toContain("fingerprint");
      const merged = await scene.audit("--merge", ...files);
      expect(merged.exit).toBe(1);
      expect(merged.stdout).toContain("whether one value is in environments of different shards");
      expect(merged.stdout).not.toContain("One generated value");
    });

    test("with a shared key, are as good as one piece", async () => {
      scene.env["PHALANX_FINGERPRINT_KEY"] = "k".repeat(32);
      const files = await shards("keyed");
      const token = String((await scene.kv.clean.get("source"))?.["token"]);
      const text = await readFile(inTree(scene, files[0] ?? ""), "utf8");
      expect(text).toContain(createHmac("sha256", "k".repeat(32)).update(`value\0${token}`).digest("hex"));
      expect(text).not.toContain(token);
      expect((await stat(inTree(scene, files[0] ?? ""))).mode & 0o777).toBe(0o600);
      const [whole, merged] = [await report("clean", "drifted"), await report("--merge", ...files)];
      const { created: _, ...expected } = whole.report;
      expect(merged.report).toMatchObject({
        ...expected,
        environments: expected.environments.map(({ name, counts }) => ({ name, counts })),
      });
      expect(merged.stdout).not.toContain("fingerprint");
    });

    test("are refused where one is missing, twice, of another tool, or no report at all", async () => {
      const [first = "", second = ""] = await shards("bad");
      const stderr = async (...files: string[]): Promise<string> => (await scene.audit("--merge", ...files)).stderr;
      expect(await stderr(first)).toContain("Error: Not all shards are there: 2 of 2 missing\n");
      expect(await stderr(first, first)).toContain("are the same shard (1 of 2)");
      const text = await readFile(inTree(scene, second), "utf8");
      await writeFile(inTree(scene, "other.json"), text.replace(/"tool": "[^"]*"/, '"tool": "0.0.1"'));
      expect(await stderr(first, "other.json")).toContain("other.json was made by phalanx 0.0.1");
      await writeFile(inTree(scene, "other.json"), text.replace('"version": 1', '"version": 2'));
      expect(await stderr(first, "other.json")).toContain("other.json has another format than this program's (1)");
      await writeFile(inTree(scene, "other.json"), text.replace('"state": "audited"', '"state": "fine"'));
      expect(await stderr(first, "other.json")).toContain("other.json is damaged (at environments.0.state)");
      expect(await stderr("static.yaml")).toContain("static.yaml is no report of a fleet audit");
    });

    test("a short key, and a shard that is none, are refused", async () => {
      scene.env["PHALANX_FINGERPRINT_KEY"] = "short";
      expect((await scene.audit("clean")).stderr).toContain("PHALANX_FINGERPRINT_KEY is too short");
      expect((await scene.audit("--shard", "3/2")).stderr).toContain("--shard 3/2 is no shard");
    });
  });

  test("files are not overwritten without --force", async () => {
    await writeFile(inTree(scene, "there.html"), "mine");
    expect(await scene.audit("clean", "--html", "there.html")).toMatchObject({
      exit: 2,
      stdout: "",
      stderr: expect.stringContaining("there.html exists already"),
    });
    expect((await scene.audit("--json", "clean")).stderr).toContain("clean is an environment");
  });

  test("phalanx.fleet.yaml is checked with positions, and never quotes what looks like a token", async () => {
    await writeFile(
      inTree(scene, "fleet.yaml"),
      "environments:\n  cleen: {}\n  clean:\n    tokenVariable: hvs.abc-def\n    tokenFlie: x\n  drifted: {tokenVariable: VAULT_TOKEN}\ndefaults: {auth: aprole}\n",
    );
    const { exit, stderr } = await scene.audit("--fleet-config", "fleet.yaml");
    expect(exit).toBe(2);
    expect(stderr).toContain('fleet.yaml:2:3: there is no environment "cleen"\n    Did you mean "clean"?');
    expect(stderr).toContain('fleet.yaml:4:20: "tokenVariable" is no name of an environment variable');
    expect(stderr).toContain('fleet.yaml:5:5: unknown field "tokenFlie"\n    Did you mean "tokenFile"?');
    expect(stderr).toContain("VAULT_TOKEN is not used here: it would be sent to several servers");
    expect(stderr).toContain('fleet.yaml:7:18: "auth" must be one of');
    expect(stderr).not.toContain("hvs.");
  });

  test("credentials come from where phalanx.fleet.yaml says", async () => {
    await writeFile(inTree(scene, "token"), `${scene.env["VAULT_TOKEN_CLEAN"]}\n`);
    await writeFile(
      inTree(scene, "fleet.yaml"),
      "environments: {clean: {tokenFile: token, secrets: static.yaml}, drifted: {tokenVariable: NOWHERE}}\n",
    );
    const { report: found } = await report("--fleet-config", "fleet.yaml");
    expect(found.environments.map(({ state }) => state).slice(0, 2)).toEqual(["audited", "no-credentials"]);
    expect(found.environments[0]?.staticSource).toBe("file");
  });
});

test("the schema is JSON Schema, draft 2020-12", async () => {
  const { stdout } = await phalanx(["fleet", "schema"]);
  expect(JSON.parse(stdout)).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    required: expect.arrayContaining(["format", "environments", "sharing"]),
    additionalProperties: false,
  });
});
