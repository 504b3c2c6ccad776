import { resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import { reasonOf } from "../files/file-fault.js";
import { readNamedFile } from "../files/read-bounded.js";
import type { RolloutFile } from "../fleet/rollouts.js";
import { rolloutReport } from "../fleet/rollout-report.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { RolloutAnswer } from "../model/rollout-answer.js";
import { withoutMark } from "../model/text-encoding.js";
import { reasonWords } from "../render/rollout-reason.js";
import { textOf } from "../sources/content.js";
import type { Context } from "../terminal/context.js";

const COMMAND = "rollout status";

/** Reads the output of `phalanx rollout status ENV --json`, one file per look. */
export function readRollouts(context: Context, files: readonly string[]): Promise<RolloutFile[]> {
  return Promise.all(files.map((file) => readRollout(context, file)));
}

async function readRollout(context: Context, shown: string): Promise<RolloutFile> {
  const about = { place: { file: shown } };
  const read = await readNamedFile(resolve(context.cwd, shown)).catch((cause: unknown) => {
    throw new PhalanxError(diagnostic("rollout-answer-unreadable", { file: shown, reason: reasonOf(cause) }), {
      cause,
    });
  });
  const { version, command, result } = parse(withoutMark(textOf(read, shown)));
  if (version !== 1 || command !== COMMAND) {
    const other = version === 1 && typeof command === "string" && /^[a-z -]{1,40}$/.test(command) ? { command } : {};
    throw new PhalanxError(diagnostic("rollout-answer-other", other, about));
  }
  if (result === null) throw new PhalanxError(diagnostic("rollout-answer-empty", {}, about));
  const answer = RolloutAnswer.safeParse(result);
  if (answer.success) {
    if (answer.data.scope !== null) throw new PhalanxError(diagnostic("rollout-answer-scoped", {}, about));
    return { shown, environment: answer.data.environment, rollout: rolloutReport(answer.data, reasonWords) };
  }
  const field = answer.error.issues[0]?.path.join(".");
  throw new PhalanxError(diagnostic("rollout-answer-damaged", field ? { field } : {}, about));
}

function parse(text: string): { readonly version?: unknown; readonly command?: unknown; readonly result?: unknown } {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === "object" && content !== null ? content : {};
  } catch {
    // The parser's message quotes the text.
    return {};
  }
}
