import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Context } from "./context.js";
import { type FileKind, refuseReplacing } from "../files/file-kind.js";
import { type Content, writeWholeFile } from "../files/write-file.js";

interface FileOptions {
  /** Its kind; no file of another kind is replaced. */
  readonly kind: FileKind;
  /** Whether an existing file is replaced. */
  readonly force?: boolean | undefined;
  /** Whether only its owner may read it. */
  readonly isPrivate?: boolean;
}

/** Refuses early, before any request or prompt, what `writeReportFile` would refuse late. */
export async function refuseExisting(
  context: Context,
  file: string,
  { kind, force = false }: Pick<FileOptions, "kind" | "force">,
): Promise<void> {
  const path = resolve(context.cwd, file);
  if (existsSync(path) && statSync(path).isDirectory())
    throw new PhalanxError(diagnostic("output-is-directory", { file }));
  await refuseReplacing(path, file, kind, force);
}

/** Atomically writes a file that the operator named, so readers never see a partial one. */
export async function writeReportFile(
  context: Context,
  file: string,
  text: Content,
  { kind, force = false, isPrivate = false }: FileOptions,
): Promise<void> {
  await refuseExisting(context, file, { kind, force });
  await writeWholeFile(resolve(context.cwd, file), text, { shown: file, force, isPrivate });
}

/** The same if an output file is given; otherwise prints it. */
export async function writeOrPrint(
  context: Context,
  file: string | undefined,
  text: string | Uint8Array,
  options: FileOptions,
): Promise<void> {
  if (file !== undefined) await writeReportFile(context, file, text, options);
  else context.stdout.write(typeof text === "string" ? text : Buffer.from(text).toString("latin1"));
}
