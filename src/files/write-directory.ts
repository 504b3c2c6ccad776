import type { Stats } from "node:fs";
import { lstat, mkdir, readdir, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { reasonOf } from "./file-fault.js";
import { isSame, isShared, removeSame } from "./ownership.js";
import { writePrivateFile } from "./write-file.js";

/**
 * Refuses a directory in which others can swap files, and a non-empty one unless its files may be replaced. A missing
 * one is fine.
 */
export async function requireUsable(path: string, shown: string, force: boolean): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory()) throw new PhalanxError(diagnostic("output-not-a-directory", { file: shown }));
  if (isShared(found)) throw new PhalanxError(diagnostic("output-directory-shared", { directory: shown }));
  if (!force && (await readdir(path)).length > 0)
    throw new PhalanxError(diagnostic("output-directory-not-empty", { directory: shown }));
}

/**
 * Writes private files to a new or empty directory: all of them or none. On failure it removes only what it created.
 *
 * @param shown How the operator named the directory.
 * @param force Whether the directory may hold files: those of the same names are replaced, and then stay even on
 * failure.
 */
export async function writeDirectory(
  path: string,
  shown: string,
  files: ReadonlyMap<string, string>,
  force: boolean,
): Promise<void> {
  /** The first missing directory; those below it were missing too. */
  let made: string | undefined;
  const written = new Map<string, Stats>();
  try {
    made = await mkdir(path, { recursive: true, mode: 0o700 });
    await requireUsable(path, shown, force);
    const directory = await stat(path);
    for (const [file, text] of files) {
      if (!isSame(await stat(path), directory))
        throw new PhalanxError(diagnostic("output-directory-exchanged", { directory: shown }));
      const target = join(path, file);
      const isNew = (await lstat(target).catch(() => undefined)) === undefined;
      const status = await writePrivateFile(target, join(shown, file), text, force);
      if (isNew) written.set(target, status);
    }
  } catch (error) {
    for (const [file, status] of written) await removeSame(file, status);
    if (made !== undefined) await removeEmpty(path, made);
    if (error instanceof PhalanxError) throw error;
    const details = { directory: shown, reason: reasonOf(error) };
    throw new PhalanxError(diagnostic("output-directory-unwritable", details), { cause: error });
  }
}

/** Removes a directory and its parents up to `last`, as long as they are empty. */
async function removeEmpty(path: string, last: string): Promise<void> {
  const removed = await rmdir(path).then(
    () => true,
    () => false,
  );
  if (removed && path !== last) await removeEmpty(dirname(path), last);
}
