import { PhalanxError } from "../errors.js";
import type { Repository } from "./repository.js";
import type { Revision } from "./revision.js";
import { gitError, runGit } from "./run.js";

/** One file as Git keeps it. */
export interface GitEntry {
  /** Relative to the root of the configuration. */
  readonly path: string;
  readonly kind: "file" | "symlink" | "submodule";
  readonly object: string;
}

/** The files of a commit below the root of the configuration. */
export async function listCommit({ place, prefix }: Repository, { commit }: Revision): Promise<GitEntry[]> {
  const paths = prefix === "" ? [] : ["--", prefix];
  const { status, stdout, stderr } = await runGit(place, ["ls-tree", "-r", "-z", "--full-tree", commit, ...paths]);
  if (status !== 0) throw gitError(stderr);
  return records(stdout).map((record) => {
    const [, mode = "", object = "", path = ""] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(record) ?? [];
    return entry(mode, object, path.slice(prefix.length));
  });
}

/** The files of the index below the root of the configuration. */
export async function listIndex({ place, prefix }: Repository): Promise<GitEntry[]> {
  // The path is from the top of the work tree, wherever Git is run.
  const path = prefix === "" ? ":(top)" : `:(top,literal)${prefix}`;
  const { status, stdout, stderr } = await runGit(place, ["ls-files", "--stage", "-z", "--full-name", "--", path]);
  if (status !== 0) throw gitError(stderr);
  return records(stdout).map((record) => {
    const [, mode = "", object = "", stage = "", path = ""] = /^(\d+) ([0-9a-f]+) (\d)\t(.*)$/s.exec(record) ?? [];
    if (stage !== "0") {
      throw new PhalanxError(`${path} is not merged in the index`, { hint: "Resolve the conflict and git add it." });
    }
    return entry(mode, object, path.slice(prefix.length));
  });
}

function records(stdout: Buffer): string[] {
  return stdout
    .toString("utf8")
    .split("\0")
    .filter((record) => record !== "");
}

function entry(mode: string, object: string, path: string): GitEntry {
  const kind = mode === "120000" ? "symlink" : mode === "160000" ? "submodule" : "file";
  return { path, kind, object };
}
