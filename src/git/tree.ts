import type { Tree } from "../config/tree.js";
import { ConfigurationError } from "../errors.js";
import { decodeUtf8 } from "../yaml/decode.js";
import { type Conversion, findConversions } from "./attributes.js";
import { type Blobs, readBlobs } from "./blobs.js";
import { type GitEntry, listCommit, listIndex } from "./entries.js";
import type { Repository } from "./repository.js";
import type { Revision } from "./revision.js";
import { type Found, walker } from "./walk.js";

/** What Git is asked for at once; anything else is read when it is needed. */
const FORESEEN = /^(phalanx\.fleet|environments\/values(-.+)?|applications\/[^/]+\/(values|secrets)(-.+)?)\.yaml$/;

const TROUBLE: Readonly<Record<"outside" | "loop" | "submodule", string>> = {
  outside: "is a symbolic link that leads out of the configuration",
  loop: "is a symbolic link that leads back to itself",
  submodule: "is in a submodule, whose files are not in this repository",
};

/** The configuration trees of some revisions, or of the index, without any checkout. */
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
      // `git show` takes the same words.
      const label = source === "index" ? ":" : `${source.shown}:`;
      return treeOf(listing.entries, blobs, conversion, `${label}${repository.prefix}`);
    }),
  );
}

function treeOf(entries: readonly GitEntry[], blobs: Blobs, conversion: Conversion, label: string): Tree {
  const display = (path: string): string => `${label}${path}`;
  const content = (object: string, path: string): string => {
    const blob = blobs.get(object);
    if (blob === "too-large") {
      throw new ConfigurationError(`${display(path)}: is larger than 5 MB`, { hint: "That is no configuration." });
    }
    if (blob === "missing") {
      throw new ConfigurationError(`${display(path)}: this clone has not got its contents`, {
        hint: "It is a partial clone: git fetch --refetch gets them.",
      });
    }
    const text = decodeUtf8(blob);
    if (text === undefined)
      throw new ConfigurationError(`${display(path)}: is not UTF-8`, { hint: "Save it in UTF-8." });
    return text;
  };
  const walk = walker(entries, ({ object, path }) => content(object, path));
  const found = (path: string): Exclude<Found, { kind: "trouble" }> => {
    const result = walk(path);
    if (result.kind !== "trouble") return result;
    throw new ConfigurationError(`${display(path)}: ${TROUBLE[result.what]}`, { hint: "Put the file itself there." });
  };
  return {
    display,
    read: (path) => {
      const file = found(path);
      if (file.kind === "directory") throw new ConfigurationError(`${display(path)}: cannot be read (EISDIR)`);
      if (file.kind === "absent") return undefined;
      const why = conversion(file.at);
      if (why === undefined) return content(file.object, path);
      throw new ConfigurationError(`${display(path)}: a checkout may hold something else than Git does: ${why}`, {
        hint: "Let .gitattributes convert no file of the configuration.",
      });
    },
    list: (directory) => {
      const result = found(directory);
      return result.kind === "directory" ? result.names : [];
    },
    // Whoever reads the file is told what is wrong with it.
    exists: (path) => ["file", "directory"].includes(walk(path).kind),
  };
}
