import { ExitCode } from "../../errors.js";
import { allRequirements, checkRequirements, type PreflightResult } from "../../operations/preflight.js";
import { listIfAllowed } from "../../vault/list-applications.js";
import { requireKvV2 } from "../../vault/mount.js";
import { writePolicy } from "../../vault/policies.js";
import type { Context } from "../../terminal/context.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";
import { withVault } from "../../access/session.js";
import { printable } from "../../render/printable.js";
import { commandLine } from "../../model/shell.js";

/** `phalanx vault preflight ENV`: whether the token at hand can do everything that a sync needs. */
export async function run(context: Context, name: string, options: ConfigOption): Promise<ExitCode> {
  const loaded = loadFromTree(context, name, options);
  const { vault, applications } = loaded.environment;
  const results = await withVault(context, loaded, undefined, async (session) => {
    await requireKvV2(session, vault);
    const existing = await listIfAllowed(session, vault);
    return checkRequirements(session, allRequirements(vault, existing ?? [], [...applications.keys()]));
  });
  const denied = results.filter(({ granted }) => !granted);
  if (context.answer) context.answer.result({ environment: name, ok: denied.length === 0, denied });
  else context.stdout.write(text(name, results, denied));
  if (denied.length > 0) {
    context.stderr.write(
      `Hint: The policy ${writePolicy(vault).name} permits all of it; ${commandLine("phalanx", "vault", "create-write-token", name)} makes it, and a token with it.\n`,
    );
  }
  return denied.length === 0 ? ExitCode.ok : ExitCode.findings;
}

function text(name: string, results: readonly PreflightResult[], denied: readonly PreflightResult[]): string {
  if (denied.length === 0)
    return `The Vault token may do everything that ${name} needs (${results.length} capabilities).\n`;
  const lines = denied.map(
    ({ purpose, capability, path }) => `• ${printable(`${purpose}: lacks "${capability}" on ${path}`)}\n`,
  );
  return `The Vault token lacks ${denied.length} of ${results.length} capabilities:\n${lines.join("")}`;
}
