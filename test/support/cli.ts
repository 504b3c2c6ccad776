import { setMaxListeners } from "node:events";
import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Context } from "../../src/terminal/context.js";
import { ports } from "../../src/terminal/ports.js";
import { main } from "../../src/cli/program.js";
import { requireAnswer } from "./answer.js";
import { IN_CI } from "./size.js";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const BIN = `${ROOT}dist/bin.cjs`;

export interface Finished {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment, besides PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** How the program waits before retries, if it runs in this process. */
  readonly sleep?: Context["sleep"];
  /** The machine's clock, if the program runs in this process. */
  readonly now?: Context["now"];
  /** Whether its outputs are those of a terminal; only in this process. */
  readonly terminal?: boolean;
  /** The answer to its questions on that terminal. */
  readonly answer?: string;
  /** Receives both outputs in order, if the program runs in this process. */
  readonly see?: (text: string) => void;
}

/**
 * Each command in a directory takes a second: results that depend on time must not depend on how fast commands follow.
 */
const secondsPassed = new Map<string, number>();

/** In the example, a hash of cost 15 would take longer than everything else together. */
const CHEAP_COST = 4;

/** The user who runs the program, regardless of the test machine's user name and installed programs. */
const USER = { GITHUB_ACTOR: "ada", PHALANX_HELM: "none" };

/** Runs the program as a user would; in this process, because starting one takes longer than most commands. */
export async function phalanx(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const finished = await (IN_CI ? phalanxProcess(args, options) : phalanxHere(args, options));
  requireAnswer(args, finished.stdout);
  return finished;
}

/** Runs the built program in a separate process, for what only a process has. */
export function phalanxProcess(
  args: readonly string[],
  { cwd = ROOT, env = {}, input = "" }: RunOptions = {},
): Promise<Finished> {
  return new Promise((done, fail) => {
    const child = execFile(
      process.execPath,
      [BIN, ...args],
      { cwd, env: { PATH: process.env["PATH"] ?? "", ...USER, ...env }, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        const exit = error === null ? 0 : error.code;
        if (typeof exit !== "number") return fail(error ?? new Error("no exit status"));
        done({ exit, stdout, stderr });
      },
    );
    // A program that reads no input may exit before it is written.
    child.stdin?.on("error", () => {}).end(input);
  });
}

/** Starts the built program without waiting, to act on it while it runs. */
export function startPhalanx(
  args: readonly string[],
  { cwd = ROOT, env = {} }: Pick<RunOptions, "cwd" | "env"> = {},
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", ...USER, ...env },
  });
}

/** Runs the program in this process, even where CI uses separate ones. */
export async function phalanxHere(
  args: readonly string[],
  {
    cwd = ROOT,
    env = {},
    input = "",
    sleep = ports.sleep,
    now,
    terminal = false,
    answer,
    see = () => {},
  }: RunOptions = {},
): Promise<Finished> {
  let [stdout, stderr] = ["", ""];
  const seconds = secondsPassed.get(cwd) ?? 0;
  secondsPassed.set(cwd, seconds + 1);
  const context: Context = {
    ...ports,
    now: now ?? (() => new Date(Date.now() + 1000 * seconds)),
    bcryptHash: (password, cost) => ports.bcryptHash(password, Math.min(cost, CHEAP_COST)),
    env: { PATH: process.env["PATH"] ?? "", ...USER, ...env },
    cwd,
    sleep,
    stdin: {
      isTTY: answer !== undefined,
      readAll: () => Promise.resolve(input),
      readBytes: () => Promise.resolve(Buffer.from(input)),
      ask: () => Promise.resolve(answer),
      askHidden: () => Promise.resolve(undefined),
    },
    stdout: {
      write: (text) => {
        stdout += text;
        see(text);
      },
      deliver: (text) => {
        stdout += text;
        see(text);
        return Promise.resolve();
      },
      isTTY: terminal,
      columns: undefined,
    },
    stderr: {
      write: (text) => {
        stderr += text;
        see(text);
      },
      deliver: (text) => {
        stderr += text;
        see(text);
        return Promise.resolve();
      },
      isTTY: terminal,
      columns: undefined,
    },
    interrupted: () => new Promise(() => {}),
    deferInterrupts: () => {
      const { signal } = new AbortController();
      setMaxListeners(0, signal);
      return { signal, end: () => {} };
    },
    onStopSignal: () => () => {},
  };
  const exit = await main(context, args);
  return { exit, stdout, stderr };
}
