import { execFile } from "node:child_process";
import type { RunInfo } from "../model/provenance.js";
import { VERSION } from "../version.js";
import { type Context, variable } from "./context.js";

/** A run that may write. */
export interface Run {
  readonly id: string;
  /** What is noted beside each version that it writes. Git is asked once, and only when there is something to note. */
  readonly info: () => Promise<RunInfo>;
}

export function newRun(context: Context, environment: string, root: string): Run {
  const time = context
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replace(/[-:]/g, "");
  const random = Buffer.from(context.randomBytes(3)).toString("hex");
  const id = `${time}-${random}`;
  let commit: Promise<string> | undefined;
  return {
    id,
    info: async () => ({ id, environment, commit: await (commit ??= commitOf(root)), tool: VERSION }),
  };
}

/** The abbreviated commit of a checkout, with `+` if it has changes; empty where there is no Git or no commit. */
export function commitOf(root: string): Promise<string> {
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
