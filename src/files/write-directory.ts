import type { Stats } from "node:fs";
import { mkdir, readdir, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { reasonOf } from "./file-fault.js";
import { isSame, isShared, removeSame } from "./ownership.js";
import { writePrivateFile } from "./write-file.js";

/** Refuses a directory that holds something, or in which others may exchange files. One that is not there is fine. */
export async function requireEmpty(path: string, shown: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory()) throw new PhalanxError(diagnostic("output-not-a-directory", { file: shown }));
  if (isShared(found)) throw new PhalanxError(diagnostic("output-directory-shared", { directory: shown }));
  if ((await readdir(path)).length > 0)
    throw new PhalanxError(diagnostic("output-directory-not-empty", { directory: shown }));
}

/**
 * Writes private files to a new or empty directory: all of them or none. What it made itself goes again if it fails, and
 * nothing else.
 *
 * @param shown How the operator named the directory.
 */
export async function writeDirectory(path: string, shown: string, files: ReadonlyMap<string, string>): Promise<void> {
  /** The first directory that was not there; those below it were not either. */
  let made: string | undefined;
  const written = new Map<string, Stats>();
  try {
    made = await mkdir(path, { recursive: true, mode: 0o700 });
    await requireEmpty(path, shown);
    const directory = await stat(path);
    for (const [file, text] of files) {
      if (!isSame(await stat(path), directory))
        throw new PhalanxError(diagnostic("output-directory-exchanged", { directory: shown }));
      written.set(join(path, file), await writePrivateFile(join(path, file), join(shown, file), text, false));
    }
  } catch (error) {
    for (const [file, status] of written) await removeSame(file, status);
    if (made !== undefined) await removeEmpty(path, made);
    if (error instanceof PhalanxError) throw error;
    const details = { directory: shown, reason: reasonOf(error) };
    throw new PhalanxError(diagnostic("output-directory-unwritable", details), { cause: error });
  }
}

/** Removes a directory and those above it up to `last`, as long as they are empty. */
async function removeEmpty(path: string, last: string): Promise<void> {
  const removed = await rmdir(path).then(
    () => true,
    () => false,
  );
  if (removed && path !== last) await removeEmpty(dirname(path), last);
}
