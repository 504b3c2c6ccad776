import { ExitCode, PhalanxError } from "../../errors.js";
import { createWriteToken, type NewWriteToken } from "../../operations/create-write-token.js";
import { findWriteTokens } from "../../operations/find-write-tokens.js";
import { printable } from "../../render/printable.js";
import { logTime } from "../../render/log-time.js";
import { renderWriteToken, writeTokenResult } from "../../render/vault-credentials.js";
import type { WriteToken } from "../../model/vault-credentials.js";
import { writePolicy } from "../../vault/policies.js";
import { commandLine } from "../../model/shell.js";
import { type Context, warn } from "../../terminal/context.js";
import type { ConfigOption } from "../../target/load.js";
import { withVault } from "../../access/session.js";
import { durationSeconds } from "../../target/duration.js";
import { loadLocation } from "../../target/location.js";
import { incomplete, type OutputOptions, openOutput, requireComplete } from "../../terminal/credential-output.js";

export interface CreateWriteTokenOptions extends ConfigOption, OutputOptions {
  readonly lifetime: string;
  readonly keepOld?: string;
  readonly requireLifetime?: boolean;
  readonly dryRun?: boolean;
}

/** `phalanx vault create-write-token ENV`: a new token for this program itself. */
export async function run(context: Context, name: string, options: CreateWriteTokenOptions): Promise<ExitCode> {
  durationSeconds("--lifetime", options.lifetime);
  const keepOld = options.keepOld === undefined ? undefined : durationSeconds("--keep-old", options.keepOld);
  const target = loadLocation(context, name, options);
  const { vault } = target.environment;
  if (options.dryRun) {
    const old = await withVault(context, target, undefined, (session) => findWriteTokens(session, vault));
    context.stdout.write(
      `Would write the policy ${writePolicy(vault).name}\nWould create a token for ${options.lifetime}\n`,
    );
    for (const accessor of old.map((token) => printable(token.accessor)))
      context.stdout.write(
        `Would ${keepOld === undefined ? "revoke" : `end in ${options.keepOld}`} the token with accessor ${accessor}\n`,
      );
    return ExitCode.ok;
  }
  const output = await openOutput(context, options);
  const interrupts = context.deferInterrupts();
  try {
    const made = await withVault(context, { ...target, interrupts }, undefined, (session) =>
      createWriteToken(session, vault, {
        lifetime: options.lifetime,
        keepOld,
        requireLifetime: options.requireLifetime ?? false,
        deliver: (token) => output.deliver(renderWriteToken(token), writeTokenResult(token)),
        stopRequested: interrupts.requested,
      }),
    );
    if (made.givenUp) throw tooShort(made);
    report(context, made, options.keepOld);
    requireComplete(made.problems, "token");
    return ExitCode.ok;
  } finally {
    await output.release();
    interrupts.end();
  }
}

function tooShort({ token, problems }: NewWriteToken): PhalanxError {
  if (problems.length > 0) return incomplete(problems, "token, of a shortened lifetime,");
  return new PhalanxError(`The server shortened the lifetime: the new token would have expired at ${expiry(token)}`, {
    hint: "It was revoked again, and the old one lives on. Raise the server's max_lease_ttl, or leave out --require-lifetime.",
    exitCode: ExitCode.findings,
  });
}

function expiry({ expires }: WriteToken): string {
  return expires === undefined ? "never" : logTime(expires);
}

function report(
  context: Context,
  { token, warnings, diesWithParent, old, others, problems }: NewWriteToken,
  keepOld: string | undefined,
): void {
  for (const warning of warnings) warn(context, `${warning.trim()} (it expires at ${expiry(token)})`);
  if (diesWithParent) {
    const at = diesWithParent.at === undefined ? "" : `, at ${logTime(diesWithParent.at)} at the latest`;
    warn(context, `this token dies with the one that made it${at}: the caller may not make orphans`);
  }
  for (const accessor of others) {
    const end = printable(commandLine("vault", "token", "revoke", "-accessor", accessor));
    warn(
      context,
      `another token of this environment was made meanwhile, by somebody else or by a request that arrived twice. To end it, if nobody has it: ${end}`,
    );
  }
  for (const accessor of old.map((token) => printable(token.accessor))) {
    if (problems.some((problem) => problem.includes(accessor))) continue;
    context.stderr.write(
      keepOld === undefined
        ? `Revoked the token with accessor ${accessor}\n`
        : `The token with accessor ${accessor} ends in ${keepOld}\n`,
    );
  }
}
