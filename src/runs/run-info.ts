import type { RunInfo } from "../model/provenance.js";
import type { RunNote } from "../model/run-note.js";
import { loginText, noteText } from "../operations/run-note.js";
import { runId } from "../operations/run-record.js";
import { VERSION } from "../version.js";
import { type Context, variable } from "../terminal/context.js";

/**
 * Information about a run that may write, noted beside each version; created with the first note. Most runs note
 * nothing.
 */
export type RunIdentity = () => Promise<RunInfo>;

export function newRun(context: Context, environment: string, root: string): RunIdentity {
  const start = context.now();
  // Check first: a note that is too long ends the run.
  const note = noteOf(context);
  let info: Promise<RunInfo> | undefined;
  const make = async (): Promise<RunInfo> => {
    const id = runId(start, context.randomBytes(3));
    return { id, environment, commit: await commitOf(context, root), tool: VERSION, ...note };
  };
  return () => (info ??= make());
}

/** The commit of the configuration, for a note; asks Git, which most runs do not need. */
export async function commitOf({ cwd, env }: Context, root: string): Promise<string> {
  const git = await import("../git/commit.js");
  return git.commitOf(root, { cwd, env });
}

/** What to note about a run: which command, who says they started it, and why. */
export function noteOf(context: Context): RunNote {
  const { command = "", reason = "" } = context.told ?? {};
  return { command, by: whoOf(context), reason: noteText("--reason", reason, "reason") };
}

/** Who started it, as they say themselves or as far as known. */
export function whoOf(context: Context): string {
  const by = context.told?.by;
  return by === undefined ? operator(context) : noteText("--by", by, "by");
}

/** The user who runs the program, according to the CI system or else the operating system; empty if neither knows. */
export function operator(context: Context): string {
  for (const name of ["GITHUB_ACTOR", "GITLAB_USER_LOGIN"]) {
    const actor = variable(context, name);
    if (actor !== undefined) return noteText(name, actor, "by");
  }
  return loginText(context.login());
}
