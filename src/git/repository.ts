import { realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { PhalanxError } from "../errors.js";
import { gitError, type GitPlace, runGit } from "./run.js";
import { commandLine } from "../model/shell.js";

/** A Git repository, and where in it the configuration is. */
export interface Repository {
  readonly place: GitPlace;
  /** From the top of the work tree to the root of the configuration: empty, or with a slash at its end. */
  readonly prefix: string;
}

/** Finds the repository that the root of a configuration belongs to. */
export async function openRepository(root: string, { cwd, env }: GitPlace): Promise<Repository> {
  // A relative GIT_DIR counts from where the program was started.
  const place = { env, cwd: env["GIT_DIR"] ? cwd : root };
  const { status, stdout, stderr } = await runGit(place, ["rev-parse", "--show-toplevel"]);
  if (status !== 0) {
    if (/not a git repository/i.test(stderr)) {
      throw new PhalanxError(`${root} is in no Git repository`, {
        hint: "Run inside a clone, or point --config or GIT_DIR at one.",
      });
    }
    throw gitError(
      stderr,
      stderr.includes("dubious ownership")
        ? `${commandLine("git", "config", "--global", "--add", "safe.directory", root)} trusts it.`
        : undefined,
    );
  }
  const top = stdout.toString("utf8").replace(/\n$/, "");
  const path = relative(realpathSync(top), realpathSync(root));
  if (path.split(sep)[0] === "..") {
    throw new PhalanxError(`${root} is not in the work tree of the Git repository, which is ${top}`, {
      hint: "Check GIT_DIR and GIT_WORK_TREE.",
    });
  }
  return { place, prefix: path === "" ? "" : `${path.split(sep).join("/")}/` };
}
