import type { Tree } from "../config/tree.js";
import { ConfigurationError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { decodeUtf8, encodingOf } from "../model/text-encoding.js";
import { type Conversion, findConversions } from "./attributes.js";
import { type Blobs, readBlobs } from "./blobs.js";
import { type GitEntry, listCommit, listIndex } from "./entries.js";
import type { Repository } from "./repository.js";
import type { Revision } from "./revision.js";
import { type Found, walker } from "./walk.js";

/** What is fetched from Git at once; everything else is read on demand. */
const FORESEEN = /^(phalanx\.fleet|environments\/values(-.+)?|applications\/[^/]+\/(values|secrets)(-.+)?)\.yaml$/;

const TROUBLE = { outside: "link-leads-out", loop: "link-loop", submodule: "git-submodule" } as const;

/** The configuration trees of some revisions, or of the index, without a checkout. */
export async function gitTrees(repository: Repository, sources: readonly (Revision | "index")[]): Promise<Tree[]> {
  const listings = await Promise.all(
    sources.map((source) => (source === "index" ? listIndex(repository) : listCommit(repository, source))),
  );
  const foreseen = listings.flatMap(({ entries, attributeFiles }) => [
    ...entries.filter(({ path, kind }) => kind !== "submodule" && FORESEEN.test(path)),
    ...attributeFiles.filter(({ kind }) => kind === "file"),
  ]);
  const blobs = await readBlobs(
    repository.place,
    foreseen.map(({ object }) => object),
  );
  return Promise.all(
    listings.map(async (listing, i) => {
      const source = sources[i] ?? "index";
      const conversion = await findConversions(repository, source, listing, blobs);
      // The syntax of `git show`.
      const label = source === "index" ? ":" : `${source.shown}:`;
      return treeOf(listing.entries, blobs, conversion, `${label}${repository.prefix}`);
    }),
  );
}

/** Problems with a file that its location fully describes. */
type FileTrouble =
  | (typeof TROUBLE)[keyof typeof TROUBLE]
  | "file-is-directory"
  | "file-too-large"
  | "git-object-missing";

function treeOf(entries: readonly GitEntry[], blobs: Blobs, conversionOf: Conversion, label: string): Tree {
  const display = (path: string): string => `${label}${path}`;
  const refuse = (path: string, code: FileTrouble): never => {
    throw new ConfigurationError(diagnostic(code, {}, { place: { file: display(path) } }));
  };
  const content = (object: string, path: string): string => {
    const blob = blobs.get(object);
    if (blob === "too-large") return refuse(path, "file-too-large");
    if (blob === "missing") return refuse(path, "git-object-missing");
    const text = decodeUtf8(blob);
    if (text !== undefined) return text;
    throw new ConfigurationError(diagnostic("file-not-utf8", encodingOf(blob), { place: { file: display(path) } }));
  };
  const walk = walker(entries, ({ object, path }) => content(object, path));
  const found = (path: string): Exclude<Found, { kind: "trouble" }> => {
    const result = walk(path);
    return result.kind === "trouble" ? refuse(path, TROUBLE[result.what]) : result;
  };
  return {
    display,
    read: (path) => {
      const file = found(path);
      if (file.kind === "directory") return refuse(path, "file-is-directory");
      if (file.kind === "absent") return undefined;
      const conversion = conversionOf(file.at, display(path));
      if (conversion) throw new ConfigurationError(conversion);
      return content(file.object, path);
    },
    list: (directory) => {
      const result = found(directory);
      return result.kind === "directory" ? result.names : [];
    },
    // The problem is reported when the file is read.
    exists: (path) => ["file", "directory"].includes(walk(path).kind),
  };
}
