import { createHmac } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { FleetReport } from "../src/model/fleet-report.js";
import { phalanx, ROOT } from "./support/cli.js";
import { CANARY, disturb, ENVIRONMENTS, type FleetScene, inTree, openFleet } from "./support/fleet.js";

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
    return { ...done, report: FleetReport.parse((JSON.parse(done.stdout) as { result: unknown }).result) };
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
    expect(found.environments[4]?.failure?.diagnostic).toMatchObject({
      severity: "error",
      hint: "Set VAULT_TOKEN_WRONG_TOKEN to a current token that is allowed to do this.",
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
      stdout: expect.stringContaining(
        "Set VAULT_TOKEN_NO_LOGIN, or name a file that says where the\n  credentials are:",
      ),
    });
    expect(await scene.audit("cleen")).toMatchObject({
      exit: 2,
      stdout: "",
      stderr: `Error: No configuration found for environment cleen\nHint: Did you mean "clean"? Known environments: ${ENVIRONMENTS.join(", ")}.\n`,
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
      expect(merged.stdout).toContain("whether environments of different shards share a value");
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
      expect(await stderr(first)).toContain("Error: Missing shards: 2 (of 2)\n");
      expect(await stderr(first, first)).toContain("are the same shard (1 of 2)");
      const text = await readFile(inTree(scene, second), "utf8");
      await writeFile(inTree(scene, "other.json"), text.replace(/"tool": "[^"]*"/, '"tool": "0.0.1"'));
      expect(await stderr(first, "other.json")).toContain("other.json: was made by phalanx 0.0.1");
      await writeFile(inTree(scene, "other.json"), text.replace('"version": 2', '"version": 3'));
      expect(await stderr(first, "other.json")).toContain(
        "other.json: has a different format than this program reads (2)",
      );
      await writeFile(inTree(scene, "other.json"), text.replace('"state": "audited"', '"state": "fine"'));
      expect(await stderr(first, "other.json")).toContain("other.json: is damaged (at environments.0.state)");
      await writeFile(inTree(scene, "other.json"), text.replace('"of": 2', '"of": 4294967295'));
      expect(await stderr("other.json")).toContain("other.json: is damaged (at shard.of)");
      await writeFile(inTree(scene, "other.json"), text.replace('"of": 2', '"of": 9999'));
      expect(await stderr("other.json")).toContain("8, 9, 10, 11 and 9988 more (of 9999)\n");
      expect(await stderr("static.yaml")).toContain("static.yaml: is not a report of a fleet audit");
    });

    test("a short key, and a shard that is none, are refused", async () => {
      scene.env["PHALANX_FINGERPRINT_KEY"] = "short";
      expect((await scene.audit("clean")).stderr).toContain("PHALANX_FINGERPRINT_KEY is too short");
      expect((await scene.audit("--shard", "3/2")).stderr).toContain("--shard 3/2 is not a shard");
    });
  });

  test("files are not overwritten without --force", async () => {
    await writeFile(inTree(scene, "there.html"), "mine");
    expect(await scene.audit("clean", "--html", "there.html")).toMatchObject({
      exit: 2,
      stdout: "",
      stderr: expect.stringContaining("there.html already exists"),
    });
    expect((await scene.audit("--json", "clean")).stderr).toContain("clean is an environment");
  });

  test("the file of --fleet-config is checked with positions, and never quotes what looks like a token", async () => {
    await writeFile(
      inTree(scene, "fleet.yaml"),
      "environments:\n  cleen: {}\n  clean:\n    tokenVariable: hvs.abc-def\n    tokenFlie: x\n  drifted: {tokenVariable: VAULT_TOKEN}\ndefaults: {auth: aprole, mount: ../sys, namespace: a b}\n",
    );
    const { exit, stderr } = await scene.audit("--fleet-config", "fleet.yaml");
    expect(exit).toBe(2);
    expect(stderr).toContain('fleet.yaml:2:3: there is no environment "cleen"\n    Did you mean "clean"?');
    expect(stderr).toContain('fleet.yaml:4:20: "tokenVariable" is not the name of an environment variable');
    expect(stderr).toContain('fleet.yaml:5:5: unknown field "tokenFlie"\n    Did you mean "tokenFile"?');
    expect(stderr).toContain("VAULT_TOKEN cannot be used here: it would be sent to several servers");
    expect(stderr).toContain('fleet.yaml:7:18: "auth" has an unknown value');
    expect(stderr).toContain('fleet.yaml:7:33: "mount" is not valid\n');
    expect(stderr).toContain('fleet.yaml:7:52: "namespace" is not valid\n    Write names joined by single slashes.');
    expect(stderr).not.toContain("hvs.");
  });

  test("credentials come from where the file of --fleet-config says", async () => {
    await writeFile(inTree(scene, "token"), `${scene.env["VAULT_TOKEN_CLEAN"]}\n`);
    await writeFile(
      inTree(scene, "fleet.yaml"),
      "environments: {clean: {tokenFile: token, secrets: static.yaml}, drifted: {tokenVariable: NOWHERE}}\n",
    );
    const { report: found } = await report("--fleet-config", "fleet.yaml");
    expect(found.environments.map(({ state }) => state).slice(0, 2)).toEqual(["audited", "no-credentials"]);
    expect(found.environments[0]).toMatchObject({ staticSource: "file", givenFiles: ["static.yaml"] });
    expect(found.environments[0]).not.toHaveProperty("tokenVariable");
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
