import type { RunInfo } from "../model/provenance.js";
import { runId } from "../operations/run-id.js";
import { VERSION } from "../version.js";
import { type Context, variable } from "./context.js";

/** A run that may write: what is noted beside each version, made when the first is. Most runs have nothing to note. */
export type Run = () => Promise<RunInfo>;

export function newRun(context: Context, environment: string, root: string): Run {
  const start = context.now();
  let info: Promise<RunInfo> | undefined;
  const make = async (): Promise<RunInfo> => {
    const id = runId(start, context.randomBytes(3));
    return { id, environment, commit: await commitOf(root), tool: VERSION };
  };
  return () => (info ??= make());
}

/** The abbreviated commit of a checkout, with `+` if it has changes; empty where there is no Git or no commit. */
export async function commitOf(root: string): Promise<string> {
  const { execFile } = await import("node:child_process");
  return new Promise((done) => {
    execFile(
      "git",
      ["-C", root, "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=+"],
      { timeout: 10_000 },
      (error, stdout) => done(error === null ? stdout.trim() : ""),
    );
  });
}

/** Who runs the program, as far as the environment says. */
export function operator(context: Context): string {
  return (
    ["GITHUB_ACTOR", "GITLAB_USER_LOGIN", "USER", "LOGNAME"]
      .map((name) => variable(context, name))
      .find((name) => name !== undefined) ?? "unknown"
  );
}
