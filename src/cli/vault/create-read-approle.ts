import { ExitCode, PhalanxError } from "../../errors.js";
import { createReadAppRole } from "../../operations/create-read-approle.js";
import { renderAppRole, appRoleResult, renderAppRoleSecret } from "../../render/vault-credentials.js";
import type { ReadAppRole } from "../../model/vault-credentials.js";
import { credentialName, readPolicy } from "../../vault/policies.js";
import { type Context, warn } from "../../terminal/context.js";
import type { ConfigOption } from "../../target/load.js";
import { withVault } from "../../access/session.js";
import { loadLocation } from "../../target/location.js";
import { type OutputOptions, openOutput, requireComplete } from "../../terminal/credential-output.js";
import { printable } from "../../render/printable.js";
import { commandLine } from "../../model/shell.js";

export interface CreateReadAppRoleOptions extends ConfigOption, OutputOptions {
  readonly asSecret?: string;
  readonly tokenLifetime?: string;
  readonly keepOld?: boolean;
  readonly dryRun?: boolean;
}

/** `phalanx vault create-read-approle ENV`: new credentials for vault-secrets-operator. */
export async function run(context: Context, name: string, options: CreateReadAppRoleOptions): Promise<ExitCode> {
  const tokenLifetime = lifetime(options.tokenLifetime);
  if (options.asSecret !== undefined && !/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(options.asSecret)) {
    throw new PhalanxError(`--as-secret ${options.asSecret} is no name of a Kubernetes Secret`, {
      hint: "Lower-case letters, digits, hyphens and dots.",
    });
  }
  const target = loadLocation(context, name, options);
  const { vault } = target.environment;
  const role = credentialName(vault);
  if (options.dryRun) {
    context.stdout.write(
      `Would write the policy ${readPolicy(vault).name}\nWould write the AppRole ${role}\nWould create a SecretID${options.keepOld ? "" : ", and destroy the older ones"}\n`,
    );
    return ExitCode.ok;
  }
  const output = await openOutput(context, options);
  const interrupts = context.deferInterrupts();
  const text = (made: ReadAppRole): string =>
    options.asSecret !== undefined ? renderAppRoleSecret(made, options.asSecret) : renderAppRole(made);
  const { old, others, problems } = await withVault(context, { ...target, interrupts }, undefined, (session) =>
    createReadAppRole(session, vault, {
      tokenLifetime,
      keepOld: options.keepOld ?? false,
      deliver: (made) => output.deliver(text(made), appRoleResult(made)),
      stopRequested: interrupts.requested,
    }),
  ).finally(async () => {
    await output.release();
    interrupts.end();
  });
  const destroy = (accessor: string): string => {
    const path = `auth/approle/role/${role}/secret-id-accessor/destroy`;
    return printable(commandLine("vault", "write", path, `secret_id_accessor=${accessor}`));
  };
  for (const accessor of others)
    warn(
      context,
      `another SecretID was made meanwhile, by somebody else or by a request that arrived twice. To end it, if nobody has it: ${destroy(accessor)}`,
    );
  for (const accessor of old) {
    if (problems.some((problem) => problem.includes(accessor))) continue;
    context.stderr.write(
      options.keepOld
        ? `Kept the SecretID with accessor ${printable(accessor)}; when it is no longer used:\n    ${destroy(accessor)}\n`
        : `Destroyed the SecretID with accessor ${printable(accessor)}\n`,
    );
  }
  requireComplete(problems, "SecretID");
  return ExitCode.ok;
}

function lifetime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) throw new PhalanxError(`--token-lifetime ${text} is no number of seconds`);
  // As in the original, 0 is the same as nothing: the role keeps what it has.
  return Number(text) || undefined;
}
