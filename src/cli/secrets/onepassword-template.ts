import { ExitCode, PhalanxError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { isComplete, type ItemReport, itemsToMake, type OnepasswordReport } from "../../model/onepassword-report.js";
import { onepasswordResult, renderOnepasswordTemplate } from "../../render/onepassword-template.js";
import { createEmptyItem } from "../../sources/onepassword/create.js";
import { inspectVault } from "../../sources/onepassword/inspect.js";
import { type OnepasswordVault, openVault } from "../../sources/onepassword/vault.js";
import { requireOnepassword, withConnect } from "../../access/onepassword-connect.js";
import type { Context } from "../../terminal/context.js";
import { print } from "../../terminal/terminal.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";

export interface OnepasswordTemplateOptions extends ConfigOption {
  readonly create?: boolean;
}

/**
 * `phalanx secrets onepassword-template ENV`: the items and fields that a 1Password vault must have, and those it has.
 */
export async function run(context: Context, name: string, options: OnepasswordTemplateOptions): Promise<ExitCode> {
  const { environment } = loadFromTree(context, name, options);
  const { location, token } = requireOnepassword(context, environment);
  const report = await withConnect(context, location, { token, requireTls: options.requireTls }, async (session) => {
    const vault = await openVault(session, location.vaultTitle);
    const found = await inspectVault(vault, environment, location.vaultTitle);
    return options.create ? createMissing(vault, found) : found;
  });
  if (context.answer) context.answer.result(onepasswordResult(report, isComplete(report)), report.problems);
  else print(context.stdout, renderOnepasswordTemplate(report));
  return isComplete(report) ? ExitCode.ok : ExitCode.findings;
}

/** Creates the missing items, and reports the new state. */
async function createMissing(vault: OnepasswordVault, report: OnepasswordReport): Promise<OnepasswordReport> {
  const created = new Map<string, ItemReport>();
  for (const item of itemsToMake(report)) {
    const { title, fields } = item;
    const labels = fields.map(({ label }) => label);
    await createEmptyItem(vault, title, labels).catch((error: unknown) => {
      throw afterOthers(error, [...created.keys()]);
    });
    created.set(title, { ...item, state: "created", fields: fields.map((field) => ({ ...field, state: "empty" })) });
  }
  return { ...report, items: report.items.map((item) => created.get(item.title) ?? item) };
}

function afterOthers(error: unknown, created: readonly string[]): unknown {
  if (!(error instanceof PhalanxError) || created.length === 0) return error;
  const problems = [...error.problems, diagnostic("items-created-before", { created })];
  return new PhalanxError(error.diagnostic, { cause: error, problems, exitCode: ExitCode.findings });
}
