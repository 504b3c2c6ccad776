import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const BIN = `${ROOT}dist/bin.js`;

export interface Finished {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the program reads from its standard input. */
  readonly input?: string;
}

/** Runs the built program as an operator would. The environment holds nothing but PATH and what is given. */
export function phalanx(
  args: readonly string[],
  { cwd = ROOT, env = {}, input = "" }: RunOptions = {},
): Promise<Finished> {
  return new Promise((done, fail) => {
    const child = execFile(
      process.execPath,
      [BIN, ...args],
      { cwd, env: { PATH: process.env["PATH"] ?? "", ...env }, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        const exit = error === null ? 0 : error.code;
        if (typeof exit !== "number") return fail(error ?? new Error("no exit status"));
        done({ exit, stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}
