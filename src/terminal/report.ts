import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { reasonOf } from "../files/file-fault.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { lineOf } from "../render/diagnostic.js";
import { fitted } from "../render/fold.js";
import type { Context } from "./context.js";
import { statePath } from "./state-directory.js";
import { writePrivateFile } from "../files/write-file.js";

/** What a run reports once it has written something. */
export interface Report {
  readonly name: string;
  /** What was written, for standard output. */
  readonly lines: string;
  /** How it stopped, and how to undo it, for standard error. */
  readonly remarks: string;
  /** What `lines` is called if it has to go elsewhere. */
  readonly what: "written" | "answer";
}

/**
 * Reports what a run has written, even if an output fails: what one stream does not accept goes to the other, and what
 * neither accepts goes to a file in the state directory.
 */
export async function deliverReport(context: Context, { name, lines, remarks, what }: Report): Promise<void> {
  const failure = await tried(() =>
    lines === ""
      ? Promise.resolve()
      : context.stdout.deliver(what === "written" ? fitted(context.stdout, lines) : lines),
  );
  const moved =
    failure === undefined ? "" : `Error: ${lineOf(diagnostic("output-moved", { reason: failure, what }))}\n${lines}`;
  const rest = moved + remarks;
  if (rest === "" || (await tried(() => context.stderr.deliver(rest))) === undefined) return;
  if (failure === undefined && (await tried(() => context.stdout.deliver(rest))) === undefined) return;
  const path = statePath(context, `${name}.report`);
  await tried(async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writePrivateFile(path, path, lines + remarks, true);
  });
}

/** Why it failed, if it did. */
async function tried(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
