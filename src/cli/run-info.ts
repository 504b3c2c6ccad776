import { execFile } from "node:child_process";
import type { RunInfo } from "../model/provenance.js";
import { VERSION } from "../version.js";
import { type Context, variable } from "./context.js";

/** Identifies a run that is going to write. */
export async function newRun(context: Context, environment: string, root: string): Promise<RunInfo> {
  const time = context
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replace(/[-:]/g, "");
  const random = Buffer.from(context.randomBytes(3)).toString("hex");
  return { id: `${time}-${random}`, environment, commit: await commitOf(root), tool: VERSION };
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
