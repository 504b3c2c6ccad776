import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Context } from "./context.js";
import { existsAlready, writeWholeFile } from "../files/write-file.js";

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
  await writeWholeFile(resolve(context.cwd, file), text, { shown: file, force, isPrivate });
}
