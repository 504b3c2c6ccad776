import { ExitCode, PhalanxError } from "../../errors.js";
import { claimWriteTokens, createWriteToken, type NewWriteToken } from "../../operations/create-write-token.js";
import { findWriteTokens } from "../../operations/find-write-tokens.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { renderOldToken, renderTokenPlan, renderWriteToken, writeTokenResult } from "../../render/vault-credentials.js";
import { sharedPrefix } from "../../operations/shared-prefix.js";
import { locate } from "../../vault/locate.js";
import { writePolicy } from "../../vault/policies.js";
import { type Context, notify } from "../../terminal/context.js";
import { print } from "../../terminal/terminal.js";
import type { ConfigOption } from "../../target/load.js";
import { withVault } from "../../access/session.js";
import { durationSeconds } from "../../target/duration.js";
import { loadLocation } from "../../target/location.js";
import { WRITE_TOKEN_FILE } from "../../terminal/file-kinds.js";
import { incomplete, type OutputOptions, openOutput, requireComplete } from "../../terminal/credential-output.js";

export interface CreateWriteTokenOptions extends ConfigOption, OutputOptions {
  readonly lifetime: string;
  readonly keepOld?: string;
  readonly requireLifetime?: boolean;
  readonly adopt?: boolean;
  readonly dryRun?: boolean;
}

/** `phalanx vault create-write-token ENV`: a new token for this program itself. */
export async function run(context: Context, name: string, options: CreateWriteTokenOptions): Promise<ExitCode> {
  durationSeconds("--lifetime", options.lifetime);
  const keepOld = options.keepOld === undefined ? undefined : durationSeconds("--keep-old", options.keepOld);
  const target = loadLocation(context, name, options);
  const { vault } = target.environment;
  const claim = { environment: name, neighbours: target.neighbours(), adopt: options.adopt ?? false };
  if (options.dryRun) {
    const { policy, old, sharers } = await withVault(context, target, undefined, async (session) => {
      const place = await locate(session, vault);
      const old = await findWriteTokens(session, place);
      return { policy: writePolicy(place).name, old, sharers: await claimWriteTokens(session, place, old, claim) };
    });
    for (const warning of sharedPrefix(name, sharers, "credentials")) notify(context, warning);
    const accessors = old.map(({ accessor }) => accessor);
    print(context.stdout, renderTokenPlan(policy, options.lifetime, accessors, options.keepOld));
    return ExitCode.ok;
  }
  const output = await openOutput(context, options, WRITE_TOKEN_FILE);
  const interrupts = context.deferInterrupts();
  try {
    const made = await withVault(context, { ...target, interrupts }, undefined, (session) =>
      createWriteToken(session, vault, {
        lifetime: options.lifetime,
        keepOld,
        requireLifetime: options.requireLifetime ?? false,
        claim,
        deliver: (token) => output.deliver(renderWriteToken(token), writeTokenResult(token)),
        signal: interrupts.signal,
      }),
    );
    for (const warning of sharedPrefix(name, made.sharers, "credentials")) notify(context, warning);
    if (made.givenUp) throw tooShort(made);
    report(context, made, options.keepOld);
    requireComplete(made.problems, { credential: "token" });
    return ExitCode.ok;
  } finally {
    await output.release();
    interrupts.end();
  }
}

function tooShort({ token, problems }: NewWriteToken): PhalanxError {
  if (problems.length > 0) return incomplete(problems, { credential: "token", shortened: true });
  return new PhalanxError(diagnostic("token-lifetime-shortened", { expires: token.expires }), {
    exitCode: ExitCode.findings,
  });
}

function report(
  context: Context,
  { token, warnings, diesWithParent, old, others, problems }: NewWriteToken,
  keepOld: string | undefined,
): void {
  for (const message of warnings) notify(context, diagnostic("token-server-warning", { message }));
  // A token that could not be looked up is among the problems.
  if (!problems.some(({ code }) => code === "new-token-untested"))
    notify(context, diagnostic("token-expires", { expires: token.expires }));
  if (diesWithParent) notify(context, diagnostic("token-not-orphan", { parentExpires: diesWithParent.at }));
  for (const accessor of others)
    notify(context, diagnostic("credentials-created-meanwhile", { kind: "token", accessor }));
  for (const { accessor } of old) {
    if (problems.some(({ details }) => "accessor" in details && details.accessor === accessor)) continue;
    context.stderr.write(renderOldToken(accessor, keepOld));
  }
}
