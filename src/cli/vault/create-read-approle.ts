import { ExitCode } from "../../errors.js";
import { claimAppRole, createReadAppRole } from "../../operations/create-read-approle.js";
import {
  appRoleResult,
  renderAppRole,
  renderAppRolePlan,
  renderAppRoleSecret,
  renderOldSecretId,
} from "../../render/vault-credentials.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { credentialName } from "../../model/environment.js";

import { secondsOf } from "../../model/duration.js";
import type { ReadAppRole } from "../../model/vault-credentials.js";
import { sharedPrefix } from "../../operations/shared-prefix.js";
import { getRole } from "../../vault/app-role.js";
import { locate } from "../../vault/locate.js";
import { readPolicy } from "../../vault/policies.js";
import { type Context, notify } from "../../terminal/context.js";
import { print } from "../../terminal/terminal.js";
import type { ConfigOption } from "../../target/load.js";
import { withVault } from "../../access/session.js";
import { invalidValue } from "../../target/invalid-value.js";
import { loadLocation } from "../../target/location.js";
import { APPROLE_FILE } from "../../terminal/file-kinds.js";
import { type OutputOptions, openOutput, requireComplete } from "../../terminal/credential-output.js";

export interface CreateReadAppRoleOptions extends ConfigOption, OutputOptions {
  readonly asSecret?: string;
  readonly tokenLifetime?: string;
  readonly keepOld?: boolean;
  readonly adopt?: boolean;
  readonly dryRun?: boolean;
}

/** `phalanx vault create-read-approle ENV`: new credentials for vault-secrets-operator. */
export async function run(context: Context, name: string, options: CreateReadAppRoleOptions): Promise<ExitCode> {
  const tokenLifetime = lifetime(options.tokenLifetime);
  const { keepOld = false, adopt = false } = options;
  if (options.asSecret !== undefined && !/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(options.asSecret)) {
    throw invalidValue("--as-secret", options.asSecret, "kubernetes-name");
  }
  const target = loadLocation(context, name, options);
  const { vault } = target.environment;
  const role = credentialName(vault);
  const claim = { environment: name, neighbours: target.neighbours(), adopt };
  if (options.dryRun) {
    const { place, sharers } = await withVault(context, target, undefined, async (session) => {
      const place = await locate(session, vault);
      const existing = await getRole(session, role);
      return { place, sharers: await claimAppRole(session, place, existing, { claim, keepOld }) };
    });
    for (const warning of sharedPrefix(name, sharers, "credentials")) notify(context, warning);
    print(context.stdout, renderAppRolePlan(readPolicy(place).name, role, keepOld));
    return ExitCode.ok;
  }
  const output = await openOutput(context, options, APPROLE_FILE);
  const interrupts = context.deferInterrupts();
  const text = (made: ReadAppRole): string =>
    options.asSecret !== undefined ? renderAppRoleSecret(made, options.asSecret) : renderAppRole(made);
  const {
    role: made,
    old,
    sharers,
    others,
    problems,
  } = await withVault(context, { ...target, interrupts }, undefined, (session) =>
    createReadAppRole(session, vault, {
      tokenLifetime,
      keepOld,
      claim,
      deliver: (made) => output.deliver(text(made), appRoleResult(made)),
      signal: interrupts.signal,
    }),
  ).finally(async () => {
    await output.release();
    interrupts.end();
  });
  for (const warning of sharedPrefix(name, sharers, "credentials")) notify(context, warning);
  const { secretIdExpires, tokenTtl, tokenMaxTtl } = made;
  notify(context, diagnostic("secret-id-lifetime", { secretIdExpires, tokenTtl, tokenMaxTtl }));
  for (const accessor of others)
    notify(context, diagnostic("credentials-created-meanwhile", { kind: "secret-id", accessor, role }));
  for (const accessor of old) {
    if (problems.some(({ details }) => "accessor" in details && details.accessor === accessor)) continue;
    context.stderr.write(renderOldSecretId(role, accessor, keepOld));
  }
  requireComplete(problems, { credential: "SecretID" });
  return ExitCode.ok;
}

function lifetime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d{1,10}$/.test(text) ? Number(text) : secondsOf(text);
  if (seconds === undefined) throw invalidValue("--token-lifetime", text, "seconds");
  // As in the original, a number is in seconds and 0 means unset: the role keeps its setting.
  return seconds || undefined;
}
