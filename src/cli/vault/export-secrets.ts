import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ExitCode, PhalanxError } from "../../errors.js";
import { renderExport } from "../../render/export.js";
import { listApplications } from "../../vault/list-applications.js";
import { readApplications } from "../../vault/read-state.js";
import type { Context } from "../context.js";
import type { ConfigOption } from "../load.js";
import { writePrivateFile } from "../write-file.js";
import { withVault } from "../session.js";
import { loadLocation } from "./load.js";

/** `phalanx vault export-secrets ENV DIR`: one private JSON file per application. */
export async function run(context: Context, name: string, directory: string, options: ConfigOption): Promise<ExitCode> {
  const target = loadLocation(context, name, options);
  const path = resolve(context.cwd, directory);
  const existed = await requireEmpty(path, directory);
  const { vault } = target.environment;
  const states = await withVault(context, target, undefined, async (session) =>
    readApplications(session, vault, await listApplications(session, vault)),
  );
  // All files or none: they are written beside the place where they belong, and moved there as a whole.
  const temporary = join(
    dirname(path),
    `.${basename(path)}.new-${Buffer.from(context.randomBytes(4)).toString("hex")}`,
  );
  try {
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    for (const [application, state] of states) {
      if (state.kind !== "present") continue;
      await writePrivateFile(
        join(temporary, `${fileName(application)}.json`),
        `${application}.json`,
        renderExport(state.values),
        false,
      );
    }
    if (existed) await rm(path, { recursive: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (error instanceof PhalanxError) throw error;
    throw new PhalanxError(`${directory} cannot be written (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    });
  }
  return ExitCode.ok;
}

/** @returns Whether the directory is there already. */
async function requireEmpty(path: string, shown: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isDirectory()) throw new PhalanxError(`${shown} is no directory`);
  if ((await readdir(path)).length > 0)
    throw new PhalanxError(`${shown} is not empty`, {
      hint: "Choose a new directory: an export is never mixed with other files.",
    });
  return true;
}

function fileName(application: string): string {
  if (application.startsWith(".")) throw new PhalanxError(`"${application}" in Vault is no name for a file`);
  return application;
}
