import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { builtActionlint } from "../scripts/actionlint.mjs";
import { ROOT } from "./support/cli.js";

const FOLDER = ".github/workflows/";
const workflows = readdirSync(`${ROOT}${FOLDER}`).map(
  (name) => [name, readFileSync(`${ROOT}${FOLDER}${name}`, "utf8")] as const,
);
/** What stands below each line that matches, up to the next line that is indented no further. */
function below(text: string, heading: RegExp): string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    if (!heading.test(line)) return [];
    const depth = line.search(/\S/);
    const end = lines.findIndex((other, at) => at > i && other.trim() !== "" && other.search(/\S/) <= depth);
    return [lines.slice(i, end === -1 ? undefined : end).join("\n")];
  });
}
const jobsOf = (text: string): string[] => below(text.slice(text.indexOf("\njobs:")), /^ {2}[\w-]+:$/);
const stepsOf = (text: string): string[] => below(text, /^ {6}- /);

describe.each(workflows)("the workflow %s", (_name, text) => {
  test("takes other people's actions by their commit, with the version beside it", () => {
    const used = [...text.matchAll(/^[ -]*uses: (.*)$/gm)].map(([, of = ""]) => of);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((of) => !/^[\w-]+\/[\w-]+(\/[\w-]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(of))).toEqual([]);
  });

  test("may nothing, and each of its jobs what it says, for a bounded time", () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    const jobs = jobsOf(text);
    expect(jobs.length).toBeGreaterThan(0);
    const careless = jobs.filter((job) => !/^ {4}permissions:$/m.test(job) || !/^ {4}timeout-minutes: \d+$/m.test(job));
    expect(careless).toEqual([]);
    expect(text).not.toMatch(/permissions: (read|write)-all|pull_request_target|secrets\.(?!GITHUB_TOKEN)/);
  });

  test("writes to the repository only where it publishes", () => {
    const writing = jobsOf(text).filter((job) => /^ {6}(contents|packages|id-token|attestations): write/m.test(job));
    expect(writing.filter((job) => !/^ {4}environment: release$/m.test(job))).toEqual([]);
  });

  test("leaves no token in a checkout, and puts no expression into a shell", () => {
    const steps = stepsOf(text);
    const checkouts = steps.filter((step) => step.includes("actions/checkout@"));
    expect(checkouts.filter((step) => !step.includes("persist-credentials: false"))).toEqual([]);
    const shells = steps.map((step) => /run: ([\s\S]*?)(?:\n {8}\w|$)/.exec(step)?.[1] ?? "");
    expect(shells.filter((shell) => shell.includes("${{"))).toEqual([]);
  });

  test("runs scripts that are here", () => {
    const named = [...text.matchAll(/(?:node|bash) ((?:scripts|\.ci)\/[\w./-]+)/g)].map(([, path = ""]) => path);
    expect(named.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
  });
});

test("one action has one version in all workflows", () => {
  const commits = new Map<string, Set<string>>();
  for (const [, text] of workflows) {
    for (const [, owner = "", commit = ""] of text.matchAll(/uses: ([\w-]+\/[\w-]+)[\w/-]*@(\S+)/g))
      commits.set(owner, (commits.get(owner) ?? new Set()).add(commit));
  }
  expect([...commits].filter(([, each]) => each.size > 1)).toEqual([]);
});

// `node scripts/actionlint.mjs` builds it.
const actionlint = await builtActionlint();
test.skipIf(actionlint === undefined)("actionlint has nothing to say of the workflows", () => {
  const { status, stdout } = spawnSync(actionlint ?? "", [], { cwd: ROOT, encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});
