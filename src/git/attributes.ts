import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Blobs } from "./blobs.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import type { GitEntry, Listing } from "./entries.js";
import type { Repository } from "./repository.js";
import type { Revision } from "./revision.js";
import { gitError, type GitPlace, runGit } from "./run.js";

/** With these attributes a checkout differs from the revision. (YAML treats all line endings alike.) */
const CONVERTING = ["working-tree-encoding", "filter", "ident"] as const;

const SAME = new Set(["unspecified", "unset"]);

/** Why a checkout of a file, shown as `file`, may differ from what Git holds; undefined if it is the same. */
export type Conversion = (
  path: string,
  file: string,
) => Diagnostic<"git-attributes-doubtful" | "git-converts-file"> | undefined;

/**
 * How a revision is checked out. Git itself decides, from the `.gitattributes` of that revision, not of the work tree.
 */
export async function findConversions(
  repository: Repository,
  source: Revision | "index",
  { entries, attributeFiles }: Listing,
  blobs: Blobs,
): Promise<Conversion> {
  const { place, prefix } = repository;
  for (const { path, kind, object } of attributeFiles) {
    const doubt = !path.endsWith(".gitattributes")
      ? "other-spelling"
      : kind !== "file"
        ? "not-regular"
        : typeof blobs.get(object) === "string"
          ? "unreadable"
          : undefined;
    if (doubt === undefined) continue;
    return (_, file) => diagnostic("git-attributes-doubtful", { file: path, doubt }, { place: { file } });
  }
  if (attributeFiles.length === 0 && !(await hasOwnAttributes(place))) return () => undefined;
  const converted = await withIndexOf(place, source, (own) => checkAttributes(own, prefix, entries));
  return (path, file) => {
    const attribute = converted.get(path);
    return attribute === undefined ? undefined : diagnostic("git-converts-file", { attribute }, { place: { file } });
  };
}

/** Attributes that are set in this clone only, not in any revision. */
async function hasOwnAttributes(place: GitPlace): Promise<boolean> {
  const { status, stdout, stderr } = await runGit(place, ["rev-parse", "--git-path", "info/attributes"]);
  if (status !== 0) throw gitError(stderr);
  return existsSync(resolve(place.cwd, stdout.toString("utf8").replace(/\n$/, "")));
}

/** `git check-attr --source` is newer than the Git on many runners; an index of our own does the same. */
async function withIndexOf<T>(
  place: GitPlace,
  source: Revision | "index",
  ask: (place: GitPlace) => Promise<T>,
): Promise<T> {
  if (source === "index") return ask(place);
  const directory = await mkdtemp(join(tmpdir(), "phalanx-index-"));
  try {
    const own = { ...place, env: { ...place.env, GIT_INDEX_FILE: join(directory, "index") } };
    const { status, stderr } = await runGit(own, ["-c", "core.splitIndex=false", "read-tree", source.commit]);
    if (status !== 0) throw gitError(stderr);
    return await ask(own);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Maps each path to the attribute by which Git converts the file. */
async function checkAttributes(
  place: GitPlace,
  prefix: string,
  entries: readonly GitEntry[],
): Promise<ReadonlyMap<string, string>> {
  const paths = entries.filter(({ kind }) => kind === "file").map(({ path }) => `${prefix}${path}\0`);
  const words = ["check-attr", "--cached", "--stdin", "-z", ...CONVERTING];
  const { status, stdout, stderr } = await runGit(place, words, paths.join(""));
  if (status !== 0) throw gitError(stderr);
  const fields = stdout.toString("utf8").split("\0").slice(0, -1);
  const converted = new Map<string, string>();
  for (let i = 0; i + 2 < fields.length; i += 3) {
    const [path = "", attribute = "", value = ""] = fields.slice(i, i + 3);
    if (SAME.has(value) || (attribute === "working-tree-encoding" && /^utf-?8$/i.test(value))) continue;
    converted.set(path.slice(prefix.length), value === "set" ? attribute : `${attribute}=${value}`);
  }
  return converted;
}
