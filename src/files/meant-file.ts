import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { slipOf } from "../model/nearest.js";

/**
 * The file beside one that does not exist which was most likely meant: a slip, or an ending too few or too many. Nothing
 * less close: the next best name would be the file of another environment.
 *
 * @param shown How the operator named it, and is told of the other.
 */
export async function meantFile(path: string, shown: string): Promise<string | undefined> {
  const entries = await readdir(dirname(path), { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name);
  const name = basename(path);
  const meant =
    slipOf(name, names) ?? names.sort().find((other) => other.startsWith(`${name}.`) || name.startsWith(`${other}.`));
  return meant === undefined ? undefined : join(dirname(shown), meant);
}
