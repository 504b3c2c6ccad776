import { existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { Context } from "../context.js";
import { existsAlready, writeRefusal } from "../write-refusal.js";

/** Refuses early, before anything is asked, what `writeReportFile` would refuse late. */
export function refuseExisting(context: Context, file: string | undefined, force: boolean | undefined): void {
  if (file !== undefined && !force && existsSync(resolve(context.cwd, file))) throw existsAlready(file);
}

/**
 * Writes a report in one go, so that nobody reads half of one.
 *
 * @param isPrivate Whether only its owner may read it.
 */
export async function writeReportFile(
  context: Context,
  file: string,
  text: string,
  { force = false, isPrivate = false }: { readonly force?: boolean | undefined; readonly isPrivate?: boolean },
): Promise<void> {
  const path = resolve(context.cwd, file);
  const target = force ? `${path}.new-${Buffer.from(context.randomBytes(4)).toString("hex")}` : path;
  try {
    const handle = await open(target, "wx", isPrivate ? 0o600 : 0o666);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    if (force) await rename(target, path);
  } catch (error) {
    // What was there before is not ours to remove.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") await rm(target, { force: true }).catch(() => undefined);
    throw writeRefusal(error, file);
  }
}
