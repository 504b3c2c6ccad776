import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Repository } from "./repository.js";
import type { Revision } from "./revision.js";
import { gitError, runGit } from "./run.js";

/** One file as stored in Git. */
export interface GitEntry {
  /** Relative to the root of the configuration. */
  readonly path: string;
  readonly kind: "file" | "symlink" | "submodule";
  readonly object: string;
}

/** What a revision or the index contains. */
export interface Listing {
  /** The files below the root of the configuration. */
  readonly entries: readonly GitEntry[];
  /** The files that may affect how those are checked out, including ones above the root; paths are from the top. */
  readonly attributeFiles: readonly GitEntry[];
}

const ATTRIBUTES = ".gitattributes";

export async function listCommit({ place, prefix }: Repository, { commit }: Revision): Promise<Listing> {
  const paths = prefix === "" ? [] : ["--", prefix, ...attributesAbove(prefix)];
  const { status, stdout, stderr } = await runGit(place, ["ls-tree", "-r", "-z", "--full-tree", commit, ...paths]);
  if (status !== 0) throw gitError(stderr);
  const found = records(stdout).map((record) => {
    const [, mode = "", object = "", path = ""] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(record) ?? [];
    return entry(mode, object, path);
  });
  return listing(found, prefix);
}

export async function listIndex({ place, prefix }: Repository): Promise<Listing> {
  // Paths are from the top of the work tree, regardless of where Git runs.
  const paths =
    prefix === "" ? [":(top)"] : [prefix, ...attributesAbove(prefix)].map((path) => `:(top,literal)${path}`);
  const { status, stdout, stderr } = await runGit(place, ["ls-files", "--stage", "-z", "--full-name", "--", ...paths]);
  if (status !== 0) throw gitError(stderr);
  const found = records(stdout).map((record) => {
    const [, mode = "", object = "", stage = "", path = ""] = /^(\d+) ([0-9a-f]+) (\d)\t(.*)$/s.exec(record) ?? [];
    if (stage !== "0") {
      throw new PhalanxError(diagnostic("git-path-unmerged", {}, { place: { file: path } }));
    }
    return entry(mode, object, path);
  });
  return listing(found, prefix);
}

function attributesAbove(prefix: string): string[] {
  const parts = prefix.split("/").slice(0, -1);
  return parts.map((_, i) => [...parts.slice(0, i), ATTRIBUTES].join("/"));
}

function listing(found: readonly GitEntry[], prefix: string): Listing {
  return {
    entries: found
      .filter(({ path }) => path.startsWith(prefix))
      .map((each) => ({ ...each, path: each.path.slice(prefix.length) })),
    // A case-insensitive file system accepts other spellings of the name.
    attributeFiles: found.filter(({ path }) => path.slice(path.lastIndexOf("/") + 1).toLowerCase() === ATTRIBUTES),
  };
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
