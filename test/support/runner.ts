import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { ROOT } from "./cli.js";

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly {
      readonly id?: string;
      readonly uses?: string;
      readonly shell: string;
      readonly run: string;
      readonly env?: Readonly<Record<string, string>>;
    }[];
  };
}

export async function readActionFile(): Promise<ActionFile> {
  return load(await readFile(`${ROOT}action.yml`, "utf8")) as ActionFile;
}

/** The runner's view of a step. */
export interface StepResult {
  readonly exit: number;
  /** What a person sees: without commands, and with masks applied to later lines. */
  readonly log: string;
  readonly raw: string;
  readonly masks: readonly string[];
  readonly annotations: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface Step {
  readonly inputs: Readonly<Record<string, string>>;
  readonly event: { readonly name: string; readonly ref?: string; readonly sha?: string; readonly payload: unknown };
  readonly env?: Readonly<Record<string, string>>;
  readonly workspace: string;
}

/** Runs the last step of `action.yml` like GitHub's runner: its script, variables and files. */
export async function runStep({ inputs, event, env = {}, workspace }: Step): Promise<StepResult> {
  const action = await readActionFile();
  const step = action.runs.steps.at(-1);
  const temp = await mkdtemp(join(tmpdir(), "phalanx-runner-"));
  temporary.push(temp);
  const file = (name: string): string => join(temp, name);
  await Promise.all(["output", "summary"].map((name) => writeFile(file(name), "")));
  await writeFile(file("event.json"), JSON.stringify(event.payload));
  const given = Object.entries(step?.env ?? {}).map(([name, expression]): [string, string] => {
    const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression)?.[1] ?? "";
    return [name, inputs[input] ?? action.inputs[input]?.default ?? ""];
  });
  const { exit, raw } = await bash(step?.run ?? "", workspace, {
    PATH: process.env["PATH"] ?? "",
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION_PATH: ROOT,
    GITHUB_WORKSPACE: workspace,
    GITHUB_EVENT_NAME: event.name,
    GITHUB_EVENT_PATH: file("event.json"),
    GITHUB_REF: event.ref ?? "",
    GITHUB_SHA: event.sha ?? "",
    GITHUB_OUTPUT: file("output"),
    GITHUB_STEP_SUMMARY: file("summary"),
    RUNNER_TEMP: temp,
    ...Object.fromEntries(given),
    ...env,
  });
  const [output, summary] = await Promise.all([readFile(file("output"), "utf8"), readFile(file("summary"), "utf8")]);
  return { exit, raw, ...readLog(raw), outputs: readOutputs(output), summary };
}

const temporary: string[] = [];

/** Removes what earlier steps left behind. */
export async function removeTemporary(): Promise<void> {
  for (const path of temporary.splice(0)) await rm(path, { recursive: true, force: true });
}

function bash(script: string, cwd: string, env: Record<string, string>): Promise<{ exit: number; raw: string }> {
  return new Promise((done) => {
    execFile(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", `${script.trim()} 2>&1`],
      { cwd, env },
      (error, raw) => done({ exit: error === null ? 0 : Number(error.code), raw }),
    );
  });
}

function unescape(text: string): string {
  return text.replaceAll("%0A", "\n").replaceAll("%0D", "\r").replaceAll("%25", "%");
}

/** Extracts the commands from a step's output, in the runner's order. */
function readLog(raw: string): Pick<StepResult, "log" | "masks" | "annotations"> {
  const [lines, masks, annotations]: [string[], string[], string[]] = [[], [], []];
  let stopped: string | undefined;
  for (const line of raw.split("\n")) {
    const [, command = "", properties = "", data = ""] = /^::([\w-]+)( [^:]*)?::(.*)$/.exec(line) ?? [];
    if (stopped !== undefined && line === `::${stopped}::`) stopped = undefined;
    else if (stopped !== undefined || command === "")
      lines.push(masks.reduce((text, mask) => text.replaceAll(mask, "***"), line));
    else if (command === "stop-commands") stopped = data;
    else if (command === "add-mask") masks.push(unescape(data));
    else annotations.push(`${command}${properties}: ${unescape(data)}`);
  }
  return { log: lines.join("\n"), masks, annotations };
}

function readOutputs(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)<<(\w+)\n([\s\S]*?)\n\2$/gm)].map(([, name = "", , value = ""]) => [name, value]),
  );
}
