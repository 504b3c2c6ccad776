import { join, resolve } from "node:path";
import { ExitCode, PhalanxError } from "../../errors.js";
import { refuseReplacing } from "../../files/file-kind.js";
import { requireUsable, writeDirectory } from "../../files/write-directory.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { vaultPrefix } from "../../model/environment.js";
import { foldersUnchecked } from "../../operations/diagnose.js";
import { sharedPrefix } from "../../operations/shared-prefix.js";
import { renderExport } from "../../render/export.js";
import { listPrefix } from "../../vault/list-applications.js";
import { readApplications } from "../../vault/read-state.js";
import { type Context, notify } from "../../terminal/context.js";
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
  const { states, folders } = await withVault(context, target, undefined, async (session) => {
    const listed = await listPrefix(session, vault);
    return { states: await readApplications(session, vault, listed.applications), folders: listed.folders };
  });
  const files = new Map(
    [...states].flatMap(([application, state]) =>
      state.kind === "present" ? [[fileName(application), renderExport(state.values)] as const] : [],
    ),
  );
  for (const file of files.keys()) await refuseReplacing(join(path, file), join(directory, file), EXPORT_FILE, force);
  await writeDirectory(path, directory, files, force);
  const gone = [...states].flatMap(([application, { kind }]) => (kind === "present" ? [] : [application]));
  notify(context, diagnostic("secrets-exported", { count: files.size, prefix: vaultPrefix(vault), directory, gone }));
  for (const warning of sharedPrefix(name, target.sharers(), "secrets")) notify(context, warning);
  if (folders.length > 0) notify(context, foldersUnchecked(target.environment, folders));
  return ExitCode.ok;
}

function fileName(application: string): string {
  if (application.startsWith("."))
    throw new PhalanxError(diagnostic("application-not-a-file-name", {}, { subject: { application } }));
  return `${application}.json`;
}
