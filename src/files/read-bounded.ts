import { existsSync, type Stats } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { FILE_LIMIT_MIB } from "../model/file-fault.js";
import { fileError } from "./file-fault.js";
import { type OpenFile, openRegular } from "./ownership.js";

const LIMIT = FILE_LIMIT_MIB * 1024 * 1024;

/** Reads a stream to its end, but not beyond a limit. */
export async function readBounded(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > LIMIT) throw fileError("too-large");
  }
  return Buffer.concat(chunks);
}

/**
 * Whether a name in a repository or a configuration leaves it through a link, which the author of a change may have put
 * there. `path` is absolute; `tops` are further directories to stay within.
 */
export async function leadsOut(path: string, tops: readonly string[] = []): Promise<boolean> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) return false;
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    if ((isTop(directory) || tops.includes(directory)) && !isBelow(await realpath(directory), real)) return true;
    if (directory === dirname(directory)) return false;
  }
}

function isTop(directory: string): boolean {
  const has = (name: string): boolean => existsSync(join(directory, name));
  return has(".git") || (has("environments") && has("applications"));
}

function isBelow(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Refuses such a name. */
export async function refuseLeadingOut(path: string): Promise<void> {
  if (await leadsOut(path)) throw fileError("leads-out-of-repository");
}

/** Opens a file that an operator named: it may be a pipe, as in `<(command)`, or a link that stays in its repository. */
export async function openNamedFile(path: string): Promise<FileHandle> {
  await refuseLeadingOut(path);
  return open(path);
}

/**
 * Reads such a file.
 *
 * @param look Receives its status before it is read.
 */
export async function readNamedFile(path: string, look?: (status: Stats) => void): Promise<Buffer> {
  const file = await openNamedFile(path);
  try {
    look?.(await file.stat());
    return await readBounded(file.createReadStream({ autoClose: false }));
  } finally {
    await file.close();
  }
}

/** The first bytes of a file that is there for good, however large it is. */
export async function readBeginning(path: string, length: number): Promise<Buffer> {
  const { file } = await openRegular(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Reads a file that is there for good: neither a link nor a pipe. */
export async function readRegularFile(
  path: string,
  opening: (path: string) => Promise<OpenFile> = openRegular,
): Promise<Buffer> {
  const { file } = await opening(path);
  try {
    return await readBounded(file.createReadStream({ autoClose: false }));
  } finally {
    await file.close();
  }
}
