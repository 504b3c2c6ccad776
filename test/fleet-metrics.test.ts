import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FLEET_METRICS, renderFleetMetrics } from "../src/render/fleet/metrics.js";
import { ROOT } from "./support/cli.js";
import { CANARY, disturb, type FleetScene, inTree, openFleet } from "./support/fleet.js";
import { HOSTILE, largeReport } from "./support/fleet-report.js";
import { makeTree } from "./support/tree.js";

const RULES = `${ROOT}deploy/prometheus/rules.yaml`;
const DASHBOARD = `${ROOT}deploy/grafana/dashboard.json`;

/** Everything at once: hostile names, certificates, tokens, all states. */
const TEXT = renderFleetMetrics(largeReport(6, 40));

/** Names of metrics in PromQL: all of ours begin alike. */
const namesIn = (text: string): string[] => [...new Set(text.match(/\bphalanx_\w+/g))].sort();

describe("the metrics", () => {
  test("are one family after the other, each with its unit, and end as OpenMetrics wants", () => {
    expect(TEXT.endsWith("\n# EOF\n")).toBe(true);
    const types = [...TEXT.matchAll(/^# TYPE (\S+) gauge$/gm)].map(([, name]) => name);
    expect(types).toEqual(FLEET_METRICS.map(({ name }) => name));
    for (const [, name, unit] of TEXT.matchAll(/^# UNIT (\S+) (\S+)$/gm)) expect(name).toMatch(new RegExp(`_${unit}$`));
    for (const line of TEXT.split("\n").filter((each) => each !== "" && !each.startsWith("#")))
      expect(line).toMatch(/^phalanx_\w+(\{(\w+="([^"\\\n]|\\["\\n])*",?)+\})? -?\d+$/);
  });

  test("have each series once, and keep hostile names inside their quotes", () => {
    const report = largeReport(1, 1);
    const [environment] = report.environments;
    const named = { ...report, environments: environment ? [{ ...environment, name: `${HOSTILE}"\\\n` }] : [] };
    expect(renderFleetMetrics(named)).toContain('onerror=alert(1)>\\\\u{2028}\\"\\\\\\n",state="audited"} 1\n');
    const series = TEXT.split("\n").map((line) => line.replace(/ \S+$/, ""));
    const samples = series.filter((each) => each.startsWith("phalanx_"));
    expect(new Set(samples).size).toBe(samples.length);
  });
});

describe("rules and dashboard", () => {
  test.each([RULES, DASHBOARD])("%s asks only for metrics and labels that there are", async (file) => {
    const text = await readFile(file, "utf8");
    const known = new Set(FLEET_METRICS.map(({ name }) => name));
    expect(namesIn(text).filter((name) => !known.has(name))).toEqual([]);
    for (const [, metric = "", label = "", values = ""] of text.matchAll(
      /(phalanx_\w+)\{[^}]*\b(state|kind|holding)=~?\\?"([^"\\]+)\\?"/g,
    )) {
      for (const value of values.split("|"))
        expect(TEXT).toMatch(new RegExp(`^${metric}\\{.*\\b${label}="${value}"`, "m"));
    }
  });

  test("the dashboard's panels are on a grid, without overlaps, and have each id once", async () => {
    const { panels } = JSON.parse(await readFile(DASHBOARD, "utf8")) as {
      panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[];
    };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});

const PROMTOOL = spawnSync("promtool", ["--version"]).error === undefined;

describe.skipIf(!PROMTOOL)("promtool, of Debian's package prometheus,", () => {
  const promtool = (args: readonly string[], input = ""): string =>
    execFileSync("promtool", args, { cwd: `${ROOT}deploy/prometheus`, input, encoding: "utf8", stdio: "pipe" });

  test("can read the metrics", () => {
    expect(promtool(["check", "metrics"], TEXT)).toBe("");
  });

  test("accepts every query of the dashboard", async () => {
    const { panels } = JSON.parse(await readFile(DASHBOARD, "utf8")) as { panels: { targets: { expr: string }[] }[] };
    const rules = panels
      .flatMap(({ targets }) => targets)
      .map(({ expr }, i) => ({ record: `query_${i}`, expr: expr.replaceAll("$environment", ".*") }));
    expect(rules.length).toBeGreaterThan(10);
    const tree = await makeTree({ "rules.yaml": JSON.stringify({ groups: [{ name: "dashboard", rules }] }) });
    expect(promtool(["check", "rules", `${tree.root}/rules.yaml`])).toContain(`SUCCESS: ${rules.length} rules found`);
    await tree.remove();
  });

  test("accepts the rules, and they alert on what they should", () => {
    expect(promtool(["check", "rules", "rules.yaml"])).toContain("SUCCESS: 12 rules found");
    expect(promtool(["test", "rules", "rules.test.yaml"])).toContain("SUCCESS");
  });
});

describe("fleet audit --metrics", () => {
  let scene: FleetScene;
  beforeAll(async () => {
    scene = await openFleet(CANARY);
    await disturb(scene);
  });
  afterAll(() => scene.close());
  beforeEach(async () => {
    await rm(inTree(scene, "metrics"), { recursive: true, force: true });
    await mkdir(inTree(scene, "metrics"));
  });

  test("says of what could not be audited that it was not, and nothing else; no value is in it", async () => {
    expect((await scene.audit("--metrics", "metrics/fleet.prom")).exit).toBe(2);
    const text = await readFile(inTree(scene, "metrics/fleet.prom"), "utf8");
    expect(text).toContain('phalanx_environment_state{environment="sealed",state="failed"} 1\n');
    expect(text).not.toMatch(/(findings|secrets)\{environment="(sealed|wrong-token|no-login)"/);
    expect(text).toContain('phalanx_environment_findings{environment="drifted",kind="drifted"} 1\n');
    for (const kv of [scene.kv.clean, scene.kv.drifted])
      for (const value of Object.values((await kv.get("source")) ?? {})) expect(text).not.toContain(value);
    expect(text).not.toMatch(/[0-9a-f]{64}/);
  });

  test("replaces the file in one step, and leaves nothing beside it that a collector would take for metrics", async () => {
    await writeFile(inTree(scene, "metrics/fleet.prom"), "# HELP phalanx_old x\n");
    await scene.audit("clean", "--metrics", "metrics/fleet.prom", "--force");
    expect(await readdir(inTree(scene, "metrics"))).toEqual(["fleet.prom"]);
    expect(await readFile(inTree(scene, "metrics/fleet.prom"), "utf8")).toMatch(/^# TYPE phalanx_.*# EOF\n$/s);
  });

  test("says in one line why it cannot be written", async () => {
    expect((await scene.audit("clean", "--metrics", "nowhere/fleet.prom")).stderr).toMatch(
      /Error: nowhere\/fleet\.prom cannot be written/,
    );
  });
});
