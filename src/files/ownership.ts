import { constants, type Stats, statSync } from "node:fs";
import { type FileHandle, lstat, open, realpath, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import { fileError } from "./file-fault.js";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a file belongs to the current user, or to root, who may do anything anyway. Always true where files have no
 * owners.
 *
 * @param env The user who ran `sudo` counts too, as for Git.
 */
export function isOwn({ uid }: Pick<Stats, "uid">, env: Environment = {}): boolean {
  const own = process.geteuid?.();
  return own === undefined || uid === own || uid === 0 || (own === 0 && String(uid) === env["SUDO_UID"]);
}

/** Whether two stats are of the same file, under any name. */
export function isSame(a: Pick<Stats, "dev" | "ino">, b: Pick<Stats, "dev" | "ino">): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

const BY_OTHERS = 0o022;
const STICKY = 0o1000;

/** Whether another user can replace a file in this directory. */
export function isShared(directory: Pick<Stats, "uid" | "mode">): boolean {
  if (process.geteuid === undefined) return false;
  return !isOwn(directory) || ((directory.mode & BY_OTHERS) !== 0 && (directory.mode & STICKY) === 0);
}

/**
 * Whether everyone is meant to write there: as in /tmp, or because root set it up that way and is not the current user.
 */
export function isForEverybody({ uid, mode }: Stats): boolean {
  const own = process.geteuid?.();
  return own !== undefined && (mode & 0o002) !== 0 && (uid !== own || (mode & STICKY) !== 0);
}

/** The directory, at or above a path, in which another user could replace an entry on that path. */
export async function sharedAbove(path: string): Promise<string | undefined> {
  for (let directory = await realpath(path); ; directory = dirname(directory)) {
    if (isShared(statSync(directory))) return directory;
    if (directory === dirname(directory)) return undefined;
  }
}

export interface OpenFile {
  readonly file: FileHandle;
  readonly status: Stats;
}

/**
 * Opens a regular file for reading. In a place that others can write to, the file may have been swapped: follows no
 * link, and waits for no pipe.
 */
export async function openRegular(path: string): Promise<OpenFile> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === "ELOOP" ? fileError("link") : error;
    },
  );
  const status = await file.stat();
  if (status.isFile()) return { file, status };
  await file.close();
  // As the system reports it when such a path is read.
  throw status.isDirectory() ? Object.assign(new Error("EISDIR"), { code: "EISDIR" }) : fileError("not-regular");
}

/** The same, if it belongs to the current user. */
export async function openOwn(path: string, env: Environment = {}): Promise<OpenFile> {
  const opened = await openRegular(path);
  if (isOwn(opened.status, env)) return opened;
  await opened.file.close();
  throw fileError("another-user");
}

/** Removes a file, unless its name refers to another one by now. */
export async function removeSame(path: string, made: Pick<Stats, "dev" | "ino">): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there !== undefined && isSame(there, made)) await unlink(path).catch(() => undefined);
}
