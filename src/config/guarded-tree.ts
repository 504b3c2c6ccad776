import { realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { ConfigurationError } from "../errors.js";
import { diskTree, type Tree } from "./tree.js";

/** No configuration file is larger than this; what is, is not read: neither from a disk nor from Git. */
export const MAX_BYTES = 5_000_000;

/**
 * The tree in a directory that nobody vouches for, as in a pull request: links are followed only within it, and what is
 * huge, binary or no file at all is a ConfigurationError.
 */
export function guardedTree(root: string, cwd: string): Tree {
  const tree = diskTree(root, cwd);
  const inside = realpathSync(root);
  /** Where a path really leads; undefined if nowhere. */
  const follow = (path: string): string | undefined => {
    let real: string;
    try {
      real = realpathSync.native(join(root, path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOOP") return undefined;
      throw new ConfigurationError(`${tree.display(path)}: is a link that leads to itself`, { hint: "Remove it." });
    }
    if (real === inside || real.startsWith(inside.endsWith(sep) ? inside : inside + sep)) return real;
    throw new ConfigurationError(`${tree.display(path)}: is a link that leads out of the configuration`, {
      hint: "Put the file itself there.",
    });
  };
  return {
    display: (path) => tree.display(path),
    exists: (path) => follow(path) !== undefined,
    list: (directory) => (follow(directory) === undefined ? [] : tree.list(directory)),
    read: (path) => {
      const real = follow(path);
      if (real === undefined) return undefined;
      refuseSpecial(real, tree.display(path));
      const text = tree.read(path);
      if (text?.includes("\0")) {
        throw new ConfigurationError(`${tree.display(path)}: is a binary file`, { hint: "Put a text file there." });
      }
      return text;
    },
  };
}

function refuseSpecial(real: string, shown: string): void {
  const found = statSync(real);
  if (found.isDirectory()) throw new ConfigurationError(`${shown}: is a directory`, { hint: "Put a file there." });
  if (!found.isFile()) throw new ConfigurationError(`${shown}: is no regular file`, { hint: "Put a file there." });
  if (found.size > MAX_BYTES) {
    throw new ConfigurationError(`${shown}: is larger than 5 MB`, { hint: "No configuration is; split or remove it." });
  }
}
