import { constants, type Stats } from "node:fs";
import { access, type FileHandle, lstat, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { fileError, reasonOf } from "./file-fault.js";

export interface WriteFileOptions {
  /** How the operator named it. */
  readonly shown: string;
  /** Whether an existing file is replaced. */
  readonly force: boolean;
  /** Whether only its owner may read it. */
  readonly isPrivate: boolean;
  /** The permissions of the replaced file, if they are kept. */
  readonly mode?: number | undefined;
}

/** Why a file could not be written, from the system error. `file` is how the operator named it. */
export function writeRefusal(error: unknown, file: string): PhalanxError {
  const reason = reasonOf(error);
  return reason === "EEXIST"
    ? new PhalanxError(diagnostic("output-file-exists", { file }))
    : new PhalanxError(diagnostic("output-file-unwritable", { file, reason }), { cause: error });
}

function besides(path: string): string {
  return `${path}.new-${globalThis.crypto.randomUUID().slice(0, 8)}`;
}

/** What a file holds, as a whole or in pieces. */
export type Content = string | Uint8Array | Iterable<string>;

/** Writes a file atomically: a reader finds all of it under its name, or the old one. */
export async function writeWholeFile(
  path: string,
  content: Content,
  { shown, force, isPrivate, mode }: WriteFileOptions,
): Promise<Stats> {
  const target = force ? besides(path) : path;
  try {
    const file = await open(target, "wx", isPrivate ? 0o600 : 0o666);
    let made: Stats;
    try {
      if (mode !== undefined) await file.chmod(mode);
      await writeContent(file, content);
      await file.sync();
      made = await file.stat();
    } finally {
      await file.close();
    }
    if (force) await rename(target, path);
    return made;
  } catch (error) {
    // An existing file is not ours to remove.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") await rm(target, { force: true }).catch(() => undefined);
    // A directory cannot be replaced either.
    if ((await lstat(path).catch(() => undefined))?.isDirectory())
      throw new PhalanxError(diagnostic("output-is-directory", { file: shown }), { cause: error });
    throw writeRefusal(error, shown);
  }
}

async function writeContent(file: FileHandle, content: Content): Promise<void> {
  if (typeof content === "string" || content instanceof Uint8Array) return file.writeFile(content);
  for (const piece of content) await file.writeFile(piece);
}

/** Writes a file that only its owner may read. */
export function writePrivateFile(
  path: string,
  shown: string,
  content: string | Uint8Array,
  force: boolean,
): Promise<Stats> {
  return writeWholeFile(path, content, { shown, force, isPrivate: true });
}

/** Checks, as far as possible in advance, whether a file could be written to replace what is there. */
export async function refuseIrreplaceable(path: string, shown: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  try {
    const probe = besides(path);
    await (await open(probe, "wx", 0o600)).close();
    await rm(probe);
    if (there !== undefined) await refuseKept(path, there);
  } catch (error) {
    throw writeRefusal(error, shown);
  }
}

/** What prevents a file from being replaced, although others in its directory may be created and removed. */
async function refuseKept(path: string, there: Stats): Promise<void> {
  const directory = await stat(dirname(path));
  const mayRemove = [0, there.uid, directory.uid].includes(process.geteuid?.() ?? 0);
  if ((directory.mode & 0o1000) !== 0 && !mayRemove) {
    throw fileError("another-user");
  }
  // A read-only file can be replaced, an immutable one cannot.
  await access(path, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EPERM" && !there.isSymbolicLink()) throw error;
  });
}
