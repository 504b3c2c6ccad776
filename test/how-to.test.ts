import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load, loadAll } from "js-yaml";
import { describe, expect, test } from "vitest";
import { FLEET_METRICS } from "../src/render/fleet/metrics.js";
import { phalanx, ROOT } from "./support/cli.js";
import { type Manifest, schemaProblems } from "./support/manifests.js";
import { has } from "./support/programs.js";
import { readActionFile } from "./support/runner.js";

interface WorkflowStep {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: object;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly needs?: string;
        readonly permissions: Readonly<Record<string, string>>;
        readonly steps: readonly WorkflowStep[];
      }
    >
  >;
}

const page = (name: string): Promise<string> => readFile(`${ROOT}docs/how-to/${name}.md`, "utf8");
const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, "gm"))].map(([, block = ""]) => block);

describe("docs/how-to/ci.md", () => {
  test("uses the action as it is, and gives no job more than it needs", async () => {
    const { inputs, outputs } = await readActionFile();
    const workflows = blocks(await page("ci"), "yaml").map((text) => ({ text, workflow: load(text) as Workflow }));
    expect(workflows.length).toBe(2);
    for (const { text, workflow } of workflows) {
      expect(workflow.permissions).toEqual({});
      expect(JSON.stringify(workflow.on)).not.toContain("pull_request_target");
      for (const { needs, permissions, steps } of Object.values(workflow.jobs)) {
        if (needs !== undefined) expect(workflow.jobs).toHaveProperty(needs);
        const own = steps.filter(({ uses }) => uses === "example/phalanx@COMMIT");
        for (const { with: given = {} } of own) {
          for (const name of Object.keys(given)) expect(inputs).toHaveProperty(name);
          const logsIn = given["command"] === "plan" || given["command"] === "sync";
          expect(permissions["id-token"]).toBe(logsIn ? "write" : undefined);
        }
        for (const { run } of steps) if (run !== undefined) execFileSync("bash", ["-n", "-c", run]);
      }
      for (const [, name = ""] of text.matchAll(/steps\.\w+\.outputs\.([\w-]+)/g)) expect(outputs).toHaveProperty(name);
    }
  });
});

describe("docs/how-to/cluster.md", () => {
  test("lists every metric with its labels, and no other", async () => {
    const text = await page("cluster");
    const listed = [...text.matchAll(/^\| `(phalanx_\w+)` +\|/gm)].map(([, name]) => name);
    expect(listed).toEqual(FLEET_METRICS.map(({ name }) => name));
  });

  const KUBECTL = has("kubectl", "kustomize", "--help");
  test.skipIf(!KUBECTL)("has an overlay that builds (needs kubectl)", async () => {
    const [overlay = ""] = blocks(await page("cluster"), "yaml");
    const directory = await mkdtemp(join(tmpdir(), "phalanx-overlay-"));
    try {
      await symlink(ROOT, join(directory, "phalanx"));
      await mkdir(join(directory, "own"));
      await writeFile(join(directory, "own/kustomization.yaml"), overlay);
      const text = execFileSync("kubectl", ["kustomize", join(directory, "own")], { encoding: "utf8", stdio: "pipe" });
      const built = loadAll(text) as Manifest[];
      expect(await schemaProblems(built)).toBe("");
      const settings = built.find(({ kind, metadata: { name } }) => kind === "ConfigMap" && name === "phalanx");
      expect(settings?.data).toMatchObject({ ENVIRONMENT: "idfdev", CONFIG_REVISION: "main" });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

test("docs/how-to/rotate-after-a-leak.md and follow-a-rotation.md show what test/cluster/story.test.ts sees in a cluster", async () => {
  const story = await readFile(`${ROOT}test/cluster/story.transcript`, "utf8");
  const steps = story
    .trimEnd()
    .split(/\n\n(?=[#$] )/)
    .map((step) => step.replaceAll(/^#.*\n/gm, ""));
  const pages = await Promise.all([page("rotate-after-a-leak"), page("follow-a-rotation")]);
  const told = blocks(pages.join("\n"), "text").flatMap((block) => block.trimEnd().split(/\n\n(?=\$ )/));
  expect(told).toEqual(steps);
});

test.each(["ci", "cluster", "cluster-rights"])(
  "every command of phalanx in docs/how-to/%s.md has the options that it is given",
  async (name) => {
    const lines = blocks(await page(name), "sh").flatMap((block) => block.replaceAll("\\\n", " ").split("\n"));
    const commands = lines.filter((line) => line.trim().startsWith("phalanx "));
    expect(commands.length).toBeGreaterThan(0);
    for (const line of commands) {
      const words = line
        .replace(/ [>|].*/, "")
        .trim()
        .split(/\s+/)
        .slice(1);
      const path = ["fleet", "rollout", "secrets"].includes(words[0] ?? "") ? words.slice(0, 2) : words.slice(0, 1);
      const { stdout, exit } = await phalanx(["help", ...path]);
      expect(exit).toBe(0);
      for (const option of words.filter((word) => word.startsWith("--"))) expect(stdout).toContain(`${option} `);
    }
  },
);
