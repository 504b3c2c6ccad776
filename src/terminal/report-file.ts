import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Context } from "./context.js";
import { existsAlready, writeWholeFile } from "../files/write-file.js";

interface FileOptions {
  /** Whether an existing file is replaced. */
  readonly force?: boolean | undefined;
  /** Whether only its owner may read it. */
  readonly isPrivate?: boolean;
}

/** Refuses early, before anything is asked, what `writeReportFile` would refuse late. */
export function refuseExisting(context: Context, file: string | undefined, force: boolean | undefined): void {
  if (file === undefined || !existsSync(resolve(context.cwd, file))) return;
  if (statSync(resolve(context.cwd, file)).isDirectory())
    throw new PhalanxError(diagnostic("output-is-directory", { file }));
  if (!force) throw existsAlready(file);
}

/** Writes a file that the operator named in one go, so that nobody reads half of one. */
export async function writeReportFile(
  context: Context,
  file: string,
  text: string | Uint8Array,
  { force = false, isPrivate = false }: FileOptions,
): Promise<void> {
  await writeWholeFile(resolve(context.cwd, file), text, { shown: file, force, isPrivate });
}

/** The same if there is a file to write to; else prints it. */
export async function writeOrPrint(
  context: Context,
  file: string | undefined,
  text: string | Uint8Array,
  options: FileOptions,
): Promise<void> {
  if (file !== undefined) await writeReportFile(context, file, text, options);
  else context.stdout.write(typeof text === "string" ? text : Buffer.from(text).toString("latin1"));
}
