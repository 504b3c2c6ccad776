import { createHash } from "node:crypto";
import { lstat, mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { openOwn, sharedAbove } from "../files/ownership.js";
import { readRegularFile } from "../files/read-bounded.js";
import { writePrivateFile } from "../files/write-file.js";

/**
 * Caches what was found in a chart, keyed by all of its inputs. It only saves time: on any error, nothing is cached.
 */
export interface ChartCache {
  /** Undefined if it is missing, not ours, or damaged. */
  readonly read: (key: string) => Promise<unknown>;
  readonly write: (key: string, content: object) => Promise<void>;
}

const DAY = 24 * 60 * 60 * 1000;
/** How long unused entries are kept. */
const KEPT = 30 * DAY;
const ENTRY = /^[0-9a-f]{64}\.json$/;
const LEFTOVER = /^[0-9a-f]{64}\.json\.new-[0-9a-f]{8}$/;
const SWEPT = "swept";

/** The current user's cache; undefined if others could put something into it. */
export async function openCache(
  env: Readonly<Record<string, string | undefined>>,
  now: Date,
): Promise<ChartCache | undefined> {
  const given = env["XDG_CACHE_HOME"];
  // XDG requires it to be absolute: a relative path would be different in each directory.
  const base = given && isAbsolute(given) ? given : join(env["HOME"] || homedir(), ".cache");
  const directory = join(base, "phalanx", "charts");
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if ((await sharedAbove(directory)) !== undefined) return undefined;
    await sweep(directory, now);
  } catch {
    return undefined;
  }
  const pathOf = (key: string): string => join(directory, `${key}.json`);
  return {
    read: async (key) => {
      try {
        const content: unknown = JSON.parse((await readRegularFile(pathOf(key), openOwn)).toString("utf8"));
        await touch(pathOf(key), now);
        return content;
      } catch {
        return undefined;
      }
    },
    write: async (key, content) => {
      await writePrivateFile(pathOf(key), pathOf(key), JSON.stringify(content), true).catch(() => undefined);
    },
  };
}

/** One name for all inputs. */
export function keyOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const bytes = typeof part === "string" ? Buffer.from(part) : part;
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest("hex");
}

/** Marks it as used today; precise to a day. */
async function touch(path: string, now: Date): Promise<void> {
  const { mtime } = await stat(path);
  if (now.getTime() - mtime.getTime() > DAY) await utimes(path, now, now);
}

/** Removes, at most once a day, what has not been used for long. */
async function sweep(directory: string, now: Date): Promise<void> {
  const mark = join(directory, SWEPT);
  const last = await lstat(mark).catch(() => undefined);
  if (last !== undefined && now.getTime() - last.mtime.getTime() < DAY) return;
  await writePrivateFile(mark, mark, "", true);
  for (const name of await readdir(directory)) {
    if (!ENTRY.test(name) && !LEFTOVER.test(name)) continue;
    const path = join(directory, name);
    const found = await lstat(path).catch(() => undefined);
    if (found !== undefined && now.getTime() - found.mtime.getTime() > KEPT) await rm(path, { force: true });
  }
}
