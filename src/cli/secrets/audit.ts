import { ExitCode } from "../../errors.js";
import type { Environment } from "../../model/environment.js";
import type { Plan } from "../../model/plan.js";
import { computePlan } from "../../operations/audit.js";
import { otherMountHolds } from "../../operations/other-mount.js";
import type { Target } from "../../operations/target.js";
import { renderAudit } from "../../render/audit.js";
import { renderAuditJson } from "../../render/audit-json.js";
import { blockedProblem } from "../../render/refusal.js";
import { type Context, warn } from "../context.js";
import { excludedApplications, loadFromTree, loadStaticSecrets } from "../load.js";
import { withVault } from "../session.js";
import type { TargetOptions } from "./target-options.js";

export interface AuditOptions extends TargetOptions {
  readonly json?: boolean;
}

const never = (): boolean => false;

/** `phalanx secrets audit ENV`: what differs between what an environment requires and what Vault holds. */
export async function run(context: Context, name: string, options: AuditOptions): Promise<ExitCode> {
  const { environment, unreadableSiblings } = loadFromTree(context, name, options);
  const staticSecrets = await loadStaticSecrets(context, environment, options.secrets);
  const target: Target = {
    environment,
    staticSecrets,
    exclude: excludedApplications(context, environment, options.exclude),
    assumeEmpty: options.assumeEmpty ?? false,
    deleteUnknown: false,
    regenerate: never,
    generateAnew: never,
  };
  const plan = await withVault(context, environment, staticSecrets, async (session) => {
    const [computed, other] = await Promise.all([
      computePlan(session, target),
      otherMountHolds(session, environment.vault),
    ]);
    if (other) warn(context, other);
    return computed.plan;
  });
  warnAbout(context, environment, plan, unreadableSiblings);
  context.stdout.write(options.json ? renderAuditJson(plan) : renderAudit(plan));
  const clean = plan.applications.length + plan.unknown.length + plan.unresolved.length === 0;
  return clean ? ExitCode.ok : ExitCode.findings;
}

function warnAbout(
  context: Context,
  environment: Environment,
  { blocked, unknown }: Plan,
  unreadableSiblings: readonly string[],
): void {
  for (const application of blocked) {
    const { message, hint } = blockedProblem(application, environment.vault);
    warn(context, `${message}. ${hint ?? ""}`);
  }
  if (unreadableSiblings.length > 0 && unknown.length > 0) {
    warn(
      context,
      `the configuration of ${unreadableSiblings.join(", ")} is broken; what is unknown here may belong there`,
    );
  }
}
