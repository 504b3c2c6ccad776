import type { Command } from "commander";
import type { ExitCode } from "../../errors.js";
import type { Context } from "../../terminal/context.js";
import type { LogOptions } from "../../terminal/request-log.js";
import { audited } from "./audited.js";
import { checkOptions } from "./check-options.js";
import { wordsOf } from "./command.js";

export type Result = Promise<ExitCode>;

/** What is loaded when a command runs. Commander hands over its arguments, then its options. */
interface CommandModule {
  readonly run: (context: Context, ...args: never[]) => Result;
}

/** Makes the action of a command, whose code is loaded only when it runs. */
export type Runs = (load: () => Promise<CommandModule>) => (...args: unknown[]) => Promise<void>;

/** Actions that run with `context` and hand what comes of them to `settle`. */
export function actions(context: Context, settle: (result: Result) => void): Runs {
  return (load) =>
    async (...args) => {
      const { run } = await load();
      // Commander adds the command itself as the last argument.
      const command = args.at(-1) as Command;
      const outcome = answered(withTold(await watched(context, command), command), command, async (within) => {
        checkOptions(command);
        return run(within, ...(args.slice(0, -1) as never[]));
      });
      settle(outcome);
      await outcome;
    };
}

/** With what is noted of a run that writes. */
function withTold(context: Context, command: Command): Context {
  const { by, reason } = command.opts<{ readonly by?: string; readonly reason?: string }>();
  return { ...context, told: { command: command.name(), by, reason } };
}

/** A log of requests, or a line that says what is under way; both at once would tear each other apart. */
async function watched(context: Context, command: Command): Promise<Context> {
  const { verbose, logFormat } = command.optsWithGlobals<LogOptions>();
  if (!verbose && logFormat === undefined) {
    const { withProgress } = await import("../../terminal/progress.js");
    return withProgress(context);
  }
  const { withRequestLog } = await import("../../terminal/request-log.js");
  return withRequestLog(context, logFormat);
}

/** With --json, or a --format of the same, the command answers in JSON. */
async function answered(context: Context, command: Command, run: (context: Context) => Result): Result {
  const { json, format } = command.opts<Readonly<Record<string, unknown>>>();
  const work = (within: Context): Result => audited(within, command, wordsOf(command), run);
  if (json !== true && format !== "json") return work(context);
  const { answerInJson } = await import("../../terminal/json-answer.js");
  return answerInJson(context, wordsOf(command), work);
}
