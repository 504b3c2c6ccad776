import { ExitCode } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { type Environment, requiredSecrets } from "../../model/environment.js";
import type { UnresolvedSecret } from "../../model/plan.js";
import { stopsOf } from "../../model/plan-stops.js";
import { refId, type StaticSecret } from "../../model/secret.js";
import type { StaticOrigin } from "../../model/static-origin.js";
import { computePlan } from "../../operations/compute-plan.js";
import { sharedPrefix } from "../../operations/shared-prefix.js";
import { renderMissing } from "../../render/static-template.js";
import { MissingItemsError } from "../../sources/onepassword/missing-items.js";
import { type Context, notify } from "../../terminal/context.js";
import { type Loaded, loadStaticSecrets } from "../../target/load.js";
import { withLoaded } from "../../target/load-ahead.js";
import { withVault } from "../../access/session.js";
import { auditTarget, type TargetOptions } from "../../target/target-options.js";

/** `phalanx secrets missing ENV`: static secrets that neither the source nor Vault has, as YAML to fill in. */
export function run(context: Context, name: string, options: TargetOptions): Promise<ExitCode> {
  return withLoaded(context, name, options, (loaded) => report(context, loaded, options));
}

async function report(context: Context, loaded: Loaded, options: TargetOptions): Promise<ExitCode> {
  const { environment } = loaded;
  const staticSecrets = await loadStaticSecrets(context, environment, options).catch((error: unknown) => {
    if (error instanceof MissingItemsError) return error;
    throw error;
  });
  // A sync needs all of them in 1Password, even if Vault has them.
  if (staticSecrets instanceof MissingItemsError)
    return say(context, environment, statics(environment).filter(absentFrom(staticSecrets)), { origin: "onepassword" });
  const target = auditTarget(context, loaded, staticSecrets, options);
  const { plan } = await withVault(context, loaded, staticSecrets, (session) => computePlan(session, target));
  for (const warning of sharedPrefix(environment.name, loaded.sharers(), "secrets")) notify(context, warning);
  const unresolved = new Map(plan.unresolved.map((each) => [refId(each), each]));
  const missing = statics(environment).filter((secret) => unresolved.has(refId(secret)));
  const held = missing.flatMap((secret) => unresolved.get(refId(secret)) ?? []).filter(isHeldOtherwise);
  for (const stop of stopsOf({ environment: plan.environment, unresolved: held, blocked: [] })) notify(context, stop);
  const restorable = held.some(({ reason }) => reason.kind === "no-static-value");
  return say(context, environment, missing, {
    origin: staticSecrets?.origin,
    file: staticSecrets?.files?.at(-1),
    restorable,
    earlier: missing.map(refId).filter((id) => {
      const reason = unresolved.get(id)?.reason;
      return reason?.kind === "no-static-value" && reason.hasHistory === true;
    }),
  });
}

/** Prints the entries and their number. */
function say(
  context: Context,
  environment: Environment,
  missing: readonly StaticSecret[],
  source: {
    readonly origin: StaticOrigin | undefined;
    readonly file?: string | undefined;
    readonly restorable?: boolean;
    readonly earlier?: readonly string[];
  },
): ExitCode {
  const clean = missing.length === 0;
  if (context.answer) {
    const listed = missing.map(({ application, key, description }) => ({ application, key, description }));
    context.answer.result({ environment: environment.name, clean, missing: listed });
  } else context.stdout.write(renderMissing(missing));
  const subject = { environment: environment.name };
  if (!clean)
    notify(
      context,
      diagnostic("static-secrets-missing", { secrets: missing.map(refId), earlier: [], ...source }, { subject }),
    );
  else if (context.stderr.isTTY) notify(context, diagnostic("static-secrets-complete", {}, { subject }));
  return clean ? ExitCode.ok : ExitCode.findings;
}

function statics(environment: Environment): readonly StaticSecret[] {
  return requiredSecrets(environment).flatMap((secret) => (secret.kind === "static" ? [secret] : []));
}

/** Whether Vault has a value, but deleted or not as a string. */
function isHeldOtherwise({ reason }: UnresolvedSecret): boolean {
  return reason.kind !== "no-static-value" || reason.deletedVersion !== undefined;
}

function absentFrom({ missing }: MissingItemsError): (secret: StaticSecret) => boolean {
  return (secret) =>
    missing.some(
      ({ application, key }) => application === secret.application && (key === undefined || key === secret.key),
    );
}
