import { join, resolve } from "node:path";
import { ExitCode, PhalanxError } from "../../errors.js";
import { refuseReplacing } from "../../files/file-kind.js";
import { requireUsable, writeDirectory } from "../../files/write-directory.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { renderExport } from "../../render/export.js";
import { listApplications } from "../../vault/list-applications.js";
import { readApplications } from "../../vault/read-state.js";
import type { Context } from "../../terminal/context.js";
import type { ConfigOption } from "../../target/load.js";
import { EXPORT_FILE } from "../../terminal/file-kinds.js";
import { withVault } from "../../access/session.js";
import { loadLocation } from "../../target/location.js";

export interface ExportSecretsOptions extends ConfigOption {
  readonly force?: boolean;
}

/** `phalanx vault export-secrets ENV DIR`: one private JSON file per application. */
export async function run(
  context: Context,
  name: string,
  directory: string,
  { force = false, ...options }: ExportSecretsOptions,
): Promise<ExitCode> {
  const target = loadLocation(context, name, options);
  const path = resolve(context.cwd, directory);
  await requireUsable(path, directory, force);
  const { vault } = target.environment;
  const states = await withVault(context, target, undefined, async (session) =>
    readApplications(session, vault, await listApplications(session, vault)),
  );
  const files = new Map(
    [...states].flatMap(([application, state]) =>
      state.kind === "present" ? [[fileName(application), renderExport(state.values)] as const] : [],
    ),
  );
  for (const file of files.keys()) await refuseReplacing(join(path, file), join(directory, file), EXPORT_FILE, force);
  await writeDirectory(path, directory, files, force);
  return ExitCode.ok;
}

function fileName(application: string): string {
  if (application.startsWith("."))
    throw new PhalanxError(diagnostic("application-not-a-file-name", {}, { subject: { application } }));
  return `${application}.json`;
}
