import { ExitCode, PhalanxError, ServerError, throwAsFinding } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { type Environment, vaultPrefix, type VaultLocation } from "../../model/environment.js";
import { parsePrefix, type Prefix } from "../../model/names.js";
import { type CopyPlan, copyPlans, planCopy } from "../../operations/copy-secrets.js";
import { changedWith } from "../../operations/shared-prefix.js";
import { guard } from "../../operations/guard.js";
import { adopt } from "../../operations/record.js";
import { renderCopy } from "../../render/copy-secrets.js";
import { approvePlan } from "../../runs/show-plan.js";
import { massOfChanges } from "../../secrets/mass-change.js";
import { driveRun } from "../../runs/drive-run.js";
import type { ConfigOption } from "../../target/load.js";
import { loadLocation, type LocatedTarget } from "../../target/location.js";
import { type Context, notify } from "../../terminal/context.js";
import { print } from "../../terminal/terminal.js";

export interface CopySecretsOptions extends ConfigOption {
  readonly overwrite?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly allowMassChange?: boolean;
  readonly adopt?: boolean;
}

/** `phalanx vault copy-secrets ENV OLDPREFIX`: copies the secrets of another prefix, one level deep. */
export async function run(
  context: Context,
  name: string,
  oldPrefix: string,
  { overwrite = false, dryRun = false, adopt: takesOver = false, ...options }: CopySecretsOptions,
): Promise<ExitCode> {
  const target = loadLocation(context, name, options);
  const to = target.environment.vault;
  const from = { url: to.url, ...requirePrefix(oldPrefix) };
  const prefixes = { from: vaultPrefix(from), to: vaultPrefix(to) };
  if (prefixes.from === prefixes.to) throw new PhalanxError(diagnostic("copy-onto-itself", { path: to.path }));
  let planned: CopyPlan = {
    writes: [],
    conflicts: [],
    same: [],
    folders: [],
    deleted: [],
    there: new Map(),
    held: new Map(),
  };
  const report = (written: readonly { readonly application: string }[]): string => {
    const copied = [...new Set(written.map(({ application }) => application))];
    return renderCopy({ ...planned, ...prefixes, dryRun, copied });
  };
  const environment = withoutSecrets(name, to, target);
  const allowed = { adopt: takesOver };
  const { applied } = await driveRun(context, target, {
    root: target.root,
    environment,
    staticSecrets: undefined,
    allowed,
    replan: true,
    plans: async (session) => {
      const plan = async (): Promise<CopyPlan> => {
        const copy = await planCopy(session, from, to, overwrite).catch((error: unknown) => {
          if (!(error instanceof ServerError) || error.diagnostic.code !== "permission-denied") throw error;
          throw new ServerError(diagnostic("copy-not-permitted", { cause: error.diagnostic, ...prefixes }));
        });
        // Whose the old place is does not matter: an environment that was renamed takes its secrets along.
        guard(environment, copy.held, allowed);
        return refuseConflicts(copy, to);
      };
      planned = refuseNothing(await plan(), from);
      return dryRun ? undefined : copyPlans(name, planned, plan);
    },
    consent: {
      given: options.yes ?? false,
      required: true,
      mass: (plan) => massOfChanges(plan, planned.there),
      allowsMass: options.allowMassChange ?? false,
    },
    approve: ({ plan, warnings }, question) =>
      approvePlan(
        context,
        { environment, staticSecrets: undefined, root: target.root },
        { plan, warnings },
        question,
        `Copy this to ${prefixes.to}?`,
      ),
    afterwards: async (session) => {
      if (takesOver) await adopt(session, environment).catch(throwAsFinding);
    },
    lines: (written) => report(written.map(({ write }) => write)),
  });
  if (context.answer && dryRun) {
    const { writes, same, folders, deleted } = planned;
    const applications = writes.map(({ application }) => application);
    context.answer.result({ ...prefixes, applications, same, folders, deleted });
  } else if (applied.length === 0 && !context.answer) print(context.stdout, report(dryRun ? planned.writes : []));
  for (const warning of dryRun && planned.writes.length > 0 ? changedWith(environment) : []) notify(context, warning);
  for (const application of planned.deleted)
    notify(context, diagnostic("copy-deleted", {}, { subject: { application } }));
  return ExitCode.ok;
}

/** A copy needs to know only which applications run. It does not read their secrets, whose configuration may be broken. */
function withoutSecrets(name: string, vault: VaultLocation, { enabled, sharers }: LocatedTarget): Environment {
  return {
    name,
    vault,
    onepassword: undefined,
    applications: new Map(enabled.map((each) => [each, { name: each, secrets: new Map(), notRequired: new Map() }])),
    disabled: new Set(),
    siblings: () => sharers().map((environment) => ({ environment, required: new Map() })),
  };
}

function refuseConflicts(plan: CopyPlan, to: VaultLocation): CopyPlan {
  if (plan.conflicts.length === 0) return plan;
  const problems = plan.conflicts.map((application) => diagnostic("copy-conflict", {}, { subject: { application } }));
  throw new PhalanxError(diagnostic("copy-target-occupied", { prefix: vaultPrefix(to) }), { problems });
}

function refuseNothing(plan: CopyPlan, from: VaultLocation): CopyPlan {
  if (plan.writes.length + plan.same.length + plan.folders.length > 0) return plan;
  throw new PhalanxError(diagnostic("copy-source-empty", { prefix: vaultPrefix(from) }));
}

function requirePrefix(given: string): Prefix {
  const prefix = parsePrefix(given);
  if ("mount" in prefix) return prefix;
  throw new PhalanxError(diagnostic("old-prefix-invalid", { given, ...prefix }));
}
