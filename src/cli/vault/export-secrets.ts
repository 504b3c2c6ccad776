import type { Stats } from "node:fs";
import { mkdir, readdir, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ExitCode, PhalanxError } from "../../errors.js";
import { isSame, isShared, removeSame } from "../../files/ownership.js";
import { renderExport } from "../../render/export.js";
import { listApplications } from "../../vault/list-applications.js";
import { readApplications } from "../../vault/read-state.js";
import type { Context } from "../../terminal/context.js";
import type { ConfigOption } from "../../target/load.js";
import { writePrivateFile } from "../../files/write-file.js";
import { withVault } from "../../access/session.js";
import { loadLocation } from "../../target/location.js";

/** `phalanx vault export-secrets ENV DIR`: one private JSON file per application. */
export async function run(context: Context, name: string, directory: string, options: ConfigOption): Promise<ExitCode> {
  const target = loadLocation(context, name, options);
  const path = resolve(context.cwd, directory);
  await requireEmpty(path, directory);
  const { vault } = target.environment;
  const states = await withVault(context, target, undefined, async (session) =>
    readApplications(session, vault, await listApplications(session, vault)),
  );
  const files = new Map(
    [...states].flatMap(([application, state]) =>
      state.kind === "present" ? [[fileName(application), renderExport(state.values)] as const] : [],
    ),
  );
  await writeAll(path, directory, files);
  return ExitCode.ok;
}

/** Writes all files or none. What it made itself goes again if it fails, and nothing else. */
async function writeAll(path: string, shown: string, files: ReadonlyMap<string, string>): Promise<void> {
  /** The first directory that was not there; those below it were not either. */
  let made: string | undefined;
  const written = new Map<string, Stats>();
  try {
    made = await mkdir(path, { recursive: true, mode: 0o700 });
    await requireEmpty(path, shown);
    const directory = await stat(path);
    for (const [file, text] of files) {
      if (!isSame(await stat(path), directory)) throw new PhalanxError(`${shown} was exchanged while it was written`);
      written.set(join(path, file), await writePrivateFile(join(path, file), join(shown, file), text, false));
    }
  } catch (error) {
    for (const [file, status] of written) await removeSame(file, status);
    if (made !== undefined) await removeEmpty(path, made);
    if (error instanceof PhalanxError) throw error;
    throw new PhalanxError(`${shown} cannot be written (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}

/** Removes a directory and those above it up to `last`, as long as they are empty. */
async function removeEmpty(path: string, last: string): Promise<void> {
  const removed = await rmdir(path).then(
    () => true,
    () => false,
  );
  if (removed && path !== last) await removeEmpty(dirname(path), last);
}

async function requireEmpty(path: string, shown: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory()) throw new PhalanxError(`${shown} is no directory`);
  if (isShared(found))
    throw new PhalanxError(`${shown} is a directory in which others may exchange files`, {
      hint: "Choose a new directory, or make this one your own: only its owner may write to it.",
    });
  if ((await readdir(path)).length > 0)
    throw new PhalanxError(`${shown} is not empty`, {
      hint: "Choose a new directory: an export is never mixed with other files.",
    });
}

function fileName(application: string): string {
  if (application.startsWith(".")) throw new PhalanxError(`"${application}" in Vault is no name for a file`);
  return `${application}.json`;
}
