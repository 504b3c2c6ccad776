import { randomBytes } from "node:crypto";
import { link, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";

/** Lets another server use the data file. */
export type Release = () => Promise<void>;

/** Locks that this process has or tries to get; so one with its number that is not here is from before a restart. */
const held = new Set<string>();

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Without the permission to signal it, it is somebody else's, but alive.
    return codeOf(error) === "EPERM";
  }
}

/** The process that has the lock; 0 if that is gone, undefined if there is no lock. */
async function holderOf(lock: string): Promise<number | undefined> {
  const text = await readFile(lock, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") {
      return undefined;
    }
    throw error;
  });
  if (text === undefined) {
    return undefined;
  }
  const pid = Number(text.trim());
  return Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid) ? pid : 0;
}

function inUse(shown: string, lock: string, holder: string): Error {
  const message = `The dev-vault data file ${shown} is in use by ${holder} (says ${lock})`;
  return Object.assign(new Error(message), { code: "DATA_FILE_IN_USE" });
}

/** Makes `name` another name of a file; false if there is something of that name. */
async function linked(file: string, name: string): Promise<boolean> {
  try {
    await link(file, name);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") {
      return false;
    }
    throw error;
  }
}

async function acquire(shown: string, lock: string, own: string): Promise<void> {
  // A link, not a new file: the lock is never there without its number.
  if (await linked(own, lock)) {
    return;
  }
  // Only one may replace a lock whose process is gone, or two could replace each other's.
  const takeover = `${lock}.takeover`;
  if (!(await linked(own, takeover))) {
    throw inUse(shown, takeover, "another server that is starting");
  }
  try {
    const holder = await holderOf(lock);
    if (holder === 0) {
      await rename(own, lock);
    } else if (holder !== undefined) {
      throw inUse(shown, lock, `another server, process ${holder}`);
    } else if (!(await linked(own, lock))) {
      throw inUse(shown, lock, "another server that is starting");
    }
  } finally {
    await rm(takeover, { force: true });
  }
}

/**
 * Takes the data file, which errors call `shown`, for this process, by a lock file beside it; fails if another server
 * uses it.
 */
export async function lockDataFile(path: string, shown: string): Promise<Release> {
  const lock = join(await realpath(dirname(path)), `${basename(path)}.lock`);
  if (held.has(lock)) {
    throw inUse(shown, lock, "another server of this process");
  }
  held.add(lock);
  const own = `${lock}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(own, `${process.pid}\n`, { flag: "wx", mode: 0o600 });
    await acquire(shown, lock, own);
  } catch (error) {
    held.delete(lock);
    throw error;
  } finally {
    await rm(own, { force: true });
  }
  return async () => {
    await rm(lock, { force: true });
    held.delete(lock);
  };
}
