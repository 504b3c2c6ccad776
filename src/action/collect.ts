import { type ExitCode, PhalanxError } from "../errors.js";
import { renderError } from "../render/error.js";
import type { Context } from "../terminal/context.js";

/** What a command printed, and how it ended. */
export interface Printed {
  readonly exit: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a phalanx command and captures its output. */
export async function collect(context: Context, command: (context: Context) => Promise<ExitCode>): Promise<Printed> {
  const printed = { stdout: "", stderr: "" };
  const into = (stream: keyof typeof printed): Context["stdout"] => {
    const write = (text: string): void => void (printed[stream] += text);
    return { write, deliver: (text) => Promise.resolve(write(text)), isTTY: false, columns: undefined };
  };
  const stdin = { ...context.stdin, isTTY: false };
  try {
    const exit = await command({ ...context, stdin, stdout: into("stdout"), stderr: into("stderr") });
    return { exit, ...printed };
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
    return { exit: error.exitCode, ...printed, stderr: printed.stderr + renderError(error.diagnostic, error.problems) };
  }
}
