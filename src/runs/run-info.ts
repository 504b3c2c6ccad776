import type { RunInfo } from "../model/provenance.js";
import { runId } from "../operations/run-record.js";
import { VERSION } from "../version.js";
import { type Context, variable } from "../terminal/context.js";

/** A run that may write: what is noted beside each version, made when the first is. Most runs have nothing to note. */
export type RunIdentity = () => Promise<RunInfo>;

export function newRun(context: Context, environment: string, root: string): RunIdentity {
  const start = context.now();
  let info: Promise<RunInfo> | undefined;
  const make = async (): Promise<RunInfo> => {
    const id = runId(start, context.randomBytes(3));
    return { id, environment, commit: await commitOf(context, root), tool: VERSION };
  };
  return () => (info ??= make());
}

/** The commit of the configuration, as it is noted; asked of Git, which most runs do not need. */
export async function commitOf({ cwd, env }: Context, root: string): Promise<string> {
  const git = await import("../git/commit.js");
  return git.commitOf(root, { cwd, env });
}

/** Who runs the program, as far as the environment says. */
export function operator(context: Context): string {
  return (
    ["GITHUB_ACTOR", "GITLAB_USER_LOGIN", "USER", "LOGNAME"]
      .map((name) => variable(context, name))
      .find((name) => name !== undefined) ?? "unknown"
  );
}
