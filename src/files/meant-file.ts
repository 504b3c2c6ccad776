import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { meantName } from "../model/nearest.js";

/**
 * The existing file beside a missing one that was most likely meant.
 *
 * @param shown How the operator named it; the suggestion is written the same way.
 */
export async function meantFile(path: string, shown: string): Promise<string | undefined> {
  const entries = await readdir(dirname(path), { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name);
  const meant = meantName(basename(path), names);
  return meant === undefined ? undefined : join(dirname(shown), meant);
}
