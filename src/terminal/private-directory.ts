import { lstatSync, rmSync } from "node:fs";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { reasonOf } from "../files/file-fault.js";
import { isSame, openOwn, sharedAbove } from "../files/ownership.js";
import { readRegularFile } from "../files/read-bounded.js";
import { type Context, variable, notify } from "./context.js";

/** A directory that only its owner can read, and that nobody else can replace. */
export interface PrivateDirectory {
  readonly path: string;
  /** Returns the path of a new file in it. */
  readonly write: (name: string, content: Uint8Array) => Promise<string>;
  readonly read: (name: string) => Promise<Buffer>;
  /** What changes whenever a file is written, even with what is in it already. */
  readonly stamp: (name: string) => string;
  /** With everything in it: editors put their copies there. */
  readonly remove: () => void;
}

export async function makePrivateDirectory(context: Context): Promise<PrivateDirectory> {
  const place = await placeFor(context);
  await warnOfLeftovers(context, place);
  const refuse = (error: unknown): never => {
    const reason = reasonOf(error);
    throw new PhalanxError(diagnostic("edit-directory-unwritable", { directory: place, reason }), { cause: error });
  };
  const path = await mkdtemp(join(place, `phalanx-edit-${process.pid}-`)).catch(refuse);
  const made = lstatSync(path);
  const isThere = (): boolean => {
    const there = lstatSync(path, { throwIfNoEntry: false });
    return there !== undefined && isSame(there, made);
  };
  return {
    path,
    write: async (name, content) => {
      const file = join(path, name);
      if (!isThere()) throw gone();
      try {
        await rm(file, { force: true });
        await writeFile(file, content, { flag: "wx", mode: 0o600 });
      } catch (error) {
        refuse(error);
      }
      return file;
    },
    read: async (name) => {
      if (!isThere()) throw gone();
      return readRegularFile(join(path, name), openOwn).catch((error: unknown) => {
        const reason = reasonOf(error);
        throw reason === "ENOENT" ? gone() : new PhalanxError(diagnostic("edit-file-unreadable", { reason }));
      });
    },
    stamp: (name) => {
      const status = lstatSync(join(path, name), { bigint: true, throwIfNoEntry: false });
      return status === undefined ? "" : `${status.ino} ${status.mtimeNs}`;
    },
    remove: () => {
      if (isThere()) rmSync(path, { recursive: true, force: true });
    },
  };
}

function gone(): PhalanxError {
  return new PhalanxError(diagnostic("edit-file-missing"));
}

/** An in-memory directory if there is one: the session's. */
async function placeFor(context: Context): Promise<string> {
  const temporary = variable(context, "TMPDIR") ?? tmpdir();
  const runtime = variable(context, "XDG_RUNTIME_DIR");
  if (runtime !== undefined && (await isDirectory(runtime))) {
    const shared = await sharedAbove(runtime);
    if (shared === undefined) return runtime;
    notify(context, diagnostic("runtime-directory-shared", { shared, directory: temporary }));
  }
  const shared = (await isDirectory(temporary)) ? await sharedAbove(temporary) : undefined;
  if (shared === undefined) return temporary;
  throw new PhalanxError(diagnostic("edit-directory-shared", { directory: shared }));
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** A killed process could not remove its directory. Only the user knows whether its content is still needed. */
async function warnOfLeftovers(context: Context, place: string): Promise<void> {
  for (const name of await readdir(place).catch(() => [])) {
    const [, pid] = /^phalanx-edit-(\d{1,9})-\w+$/.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(place, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined || !found.isDirectory() || found.uid !== process.geteuid?.()) continue;
    notify(context, diagnostic("edit-left-values", { directory: path }));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
