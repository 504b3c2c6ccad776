import type { Command } from "commander";
import type { AuditedRun } from "../../runs/audit-log.js";
import { type Context, variable } from "../../terminal/context.js";
import type { Result } from "./action.js";

/** Runs a command; if it may write to Vault, and there is an audit log, it leaves a line there. */
export async function audited(
  context: Context,
  command: Command,
  words: string,
  run: (context: Context) => Result,
): Promise<Awaited<Result>> {
  const { dryRun, auditLog } = command.opts<{ readonly dryRun?: boolean; readonly auditLog?: string }>();
  if (dryRun || !command.options.some(({ long }) => long === "--audit-log")) return run(context);
  const [environment = "", ...names] = command.args;
  // One may be the value itself, by a slip.
  const shown = command.name() === "set" ? [] : names;
  const about = { command: words, environment, names: shown, options: givenOptions(command) };
  return leavingLine(context, auditLog, about, run);
}

/**
 * Runs what may write to Vault, and leaves a line in the audit log, if there is one.
 *
 * @param given The log that was given; otherwise it is that of PHALANX_AUDIT_LOG.
 */
export async function leavingLine(
  context: Context,
  given: string | undefined,
  about: Omit<AuditedRun, "file">,
  run: (context: Context) => Result,
): Promise<Awaited<Result>> {
  const file = given ?? variable(context, "PHALANX_AUDIT_LOG");
  if (file === undefined) return run(context);
  const { withAuditLog } = await import("../../runs/audit-log.js");
  return withAuditLog(context, { file, ...about }, run);
}

/** What is elsewhere in the line. */
const LEFT_OUT = new Set(["--by", "--reason", "--audit-log", "--vault-address"]);

/** The options of the command line; none of them is a value of a secret. */
function givenOptions(command: Command): AuditedRun["options"] {
  const given = command.options.flatMap((option) => {
    const { long } = option;
    const isGiven = command.getOptionValueSource(option.attributeName()) === "cli";
    return long == null || !isGiven || LEFT_OUT.has(long) ? [] : [[long, option.attributeName()] as const];
  });
  return Object.fromEntries(
    given.map(([long, name]) => [long, command.getOptionValue(name) as AuditedRun["options"][string]]),
  );
}
