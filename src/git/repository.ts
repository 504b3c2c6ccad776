import { lstatSync, realpathSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { firstLine, gitError, type GitPlace, runGit } from "./run.js";

/** A Git repository, and where in it the configuration is. */
export interface Repository {
  readonly place: GitPlace & Required<Pick<GitPlace, "repository">>;
  /** From the top of the work tree to the root of the configuration: empty, or with a trailing slash. */
  readonly prefix: string;
}

/**
 * Finds the repository that the root of a configuration belongs to: that of `GIT_DIR`, else of the nearest `.git`. Git
 * itself would also accept a directory without `.git` that contains the right files, and a pull request can add those.
 */
export async function openRepository(root: string, given: GitPlace): Promise<Repository> {
  // A relative GIT_DIR counts from the directory the program was started in.
  const start = given.env["GIT_DIR"] ? given.cwd : nearestTop(realpathSync(root));
  if (start === undefined) throw noRepository(root);
  const { status, stdout, stderr } = await runGit({ ...given, cwd: start }, [
    "rev-parse",
    "--show-toplevel",
    "--absolute-git-dir",
  ]);
  if (status !== 0) {
    if (/not a git repository/i.test(stderr)) throw noRepository(root);
    // What Git compares with: the top of the work tree, even if the configuration is further down.
    const [, directory] = /^'(.+)'$/m.exec(stderr.split("dubious ownership in repository at ")[1] ?? "") ?? [];
    if (directory === undefined) throw gitError(stderr);
    throw new PhalanxError(diagnostic("git-repository-untrusted", { message: firstLine(stderr), directory }));
  }
  const [shown = "", gitDirectory = ""] = stdout.toString("utf8").split("\n");
  const top = realpathSync(shown);
  if (!given.env["GIT_DIR"]) refuseInside(start, top, realpathSync(gitDirectory));
  const path = pathBelow(top, root);
  if (path === undefined) throw new PhalanxError(diagnostic("git-work-tree-elsewhere", { directory: root, top }));
  return {
    place: { ...given, cwd: top, repository: { gitDirectory, top } },
    prefix: path === "" ? "" : `${path.split(sep).join("/")}/`,
  };
}

/** Whether a directory contains an entry named `.git`. */
export function hasGit(directory: string): boolean {
  return lstatSync(join(directory, ".git"), { throwIfNoEntry: false }) !== undefined;
}

function nearestTop(directory: string): string | undefined {
  if (hasGit(directory)) return directory;
  const above = dirname(directory);
  return above === directory ? undefined : nearestTop(above);
}

function noRepository(root: string): PhalanxError {
  return new PhalanxError(diagnostic("git-repository-missing", { directory: root }));
}

/** Git searches on past a broken `.git`, and follows one that is a file. */
function refuseInside(start: string, top: string, gitDirectory: string): void {
  if (top !== start) {
    throw new PhalanxError(diagnostic("git-link-broken", { file: join(start, ".git"), directory: start }));
  }
  const [first, ...rest] = relative(top, gitDirectory).split(sep);
  if (first === ".." || (first === ".git" && rest[0] !== "..")) return;
  throw new PhalanxError(diagnostic("git-repository-inside", { repository: gitDirectory, file: join(top, ".git") }));
}

/**
 * The path from the top of a work tree to a directory, as written: a link on that path, which a change may have added,
 * leads elsewhere in one revision only. If the top itself is reached through a link, that link is not part of the path.
 */
function pathBelow(top: string, directory: string): string | undefined {
  let found: string | undefined;
  for (let above = directory; ; above = dirname(above)) {
    if (realpathSync(above) === top) found = relative(above, directory);
    if (above === dirname(above)) break;
  }
  if (found !== undefined) return found;
  const real = relative(top, realpathSync(directory));
  return real.split(sep)[0] === ".." ? undefined : real;
}
