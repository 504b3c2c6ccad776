import type { RestorePoint } from "../../model/history.js";
import { ExitCode, PhalanxError } from "../../errors.js";
import { PULL_SECRET } from "../../model/environment.js";
import { refId } from "../../model/secret.js";
import { changesOf, type Plan } from "../../model/plan.js";
import { planFor } from "../../operations/compute-plan.js";
import { finishInterrupted, prepareRestoration, restorePlans } from "../../operations/restore.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { undoLimits } from "../../operations/undo-limits.js";
import { renderPlan } from "../../render/plan.js";
import { renderApplied } from "../../render/sync.js";
import { undoLimitText } from "../../render/undo-limit.js";
import { impactOf } from "../../secrets/impact.js";
import type { Restoration, RestoreTarget } from "../../secrets/restore.js";
import { type Context, warn } from "../../terminal/context.js";
import { driveRun } from "../../runs/drive-run.js";
import { type Loaded, loadFromTree, loadStaticSecrets } from "../../target/load.js";
import { dropPending, type PendingRun, readPending } from "../../runs/pending-run.js";
import { confirm, isInteractive, styleFor } from "../../terminal/terminal.js";
import { checkKnown, refuseLost, warningsFor, warnOfUnknown } from "../../runs/restore-checks.js";
import { chooser, type RestoreOptions, restorePoint } from "../../runs/restore-options.js";
import { auditTarget } from "../../target/target-options.js";

/** `phalanx secrets restore ENV`: an earlier state comes back, as new versions. */
export async function run(
  context: Context,
  name: string,
  names: readonly string[],
  options: RestoreOptions,
): Promise<ExitCode> {
  const point = restorePoint(options, names);
  const loaded = loadFromTree(context, name, options);
  const { environment } = loaded;
  const staticSecrets =
    options.secrets === undefined ? undefined : await loadStaticSecrets(context, environment, options);
  const target: RestoreTarget = { environment, point, chosen: chooser(names) };
  /** How much of what was asked for does not come back; each was named. */
  let stays = 0;
  let warnings: readonly string[] = [];
  await driveRun(context, loaded, {
    root: loaded.root,
    environment,
    staticSecrets,
    // Whose prefix it is, and how much goes, its own run has been asked.
    adopt: true,
    allowMassDelete: true,
    replan: true,
    plans: async (session) => {
      const prepared = await prepareRestoration(session, target);
      const { restoration, histories } = prepared;
      stays = restoration.lost.length + restoration.conflicts.length;
      if (point.kind === "time" && point.time > session.clock.now())
        throw new PhalanxError(`--at ${options.at} is in the future`);
      const pending = await pendingOf(context, name, point);
      if (pending) warnOfUnknown(context, pending, histories);
      checkKnown(name, point, names, histories, pending);
      refuseLost(restoration, options.partial ?? false);
      warnings = [...warningsFor(point, restoration), ...nextSync(context, loaded, staticSecrets, restoration)];
      if (options.dryRun) {
        const limits = await undoLimits(session, environment, restoration.plan);
        showPlan(context, loaded, restoration.plan, [...warnings, ...limits.map(undoLimitText)]);
        if (restoration.writes.length > 0 && !context.answer) context.stdout.write("\nNothing was written.\n");
        return undefined;
      }
      for (const { application, version } of await finishInterrupted(session, target, prepared))
        warn(
          context,
          `version ${version} of ${application}, left readable by an interrupted restore, was deleted again`,
        );
      if (restoration.writes.length === 0) say(context, loaded, restoration.plan, warnings, options);
      return restorePlans(session, target, prepared);
    },
    approve: async ({ plan, limits }) => {
      say(context, loaded, plan, [...warnings, ...limits.map(undoLimitText)], options);
      if (!options.yes && isInteractive(context)) await confirm(context, `Restore this in ${name}?`);
      return performance.now();
    },
    lines: (applied) => renderApplied(applied.map(({ write }) => write.planned)),
  });
  if (!options.dryRun && (await pendingOf(context, name, point))) await dropPending(context, name);
  return stays === 0 ? ExitCode.ok : ExitCode.findings;
}

/** What the run that is taken back left pending, if it was interrupted. */
async function pendingOf(context: Context, name: string, point: RestorePoint): Promise<PendingRun | undefined> {
  const pending = point.kind === "run" ? await readPending(context, name) : undefined;
  return point.kind === "run" && pending?.run === point.run ? pending : undefined;
}

/** At a terminal the plan, with what should be known of it; elsewhere only that. */
function say(context: Context, loaded: Loaded, plan: Plan, warnings: readonly string[], { yes }: RestoreOptions): void {
  if (isInteractive(context) && !yes) showPlan(context, loaded, plan, warnings);
  else for (const warning of warnings) warn(context, warning);
}

function showPlan(context: Context, { environment }: Loaded, plan: Plan, warnings: readonly string[]): void {
  const impact = impactOf(plan, environment);
  if (context.answer) {
    const { applications } = plan;
    const remarks = warnings.map((message) => diagnostic("untyped-warning", { message }));
    context.answer.result({ environment: environment.name, applications, impact }, remarks);
  } else context.stdout.write(renderPlan({ plan, impact, environment, warnings }, styleFor(context, context.stdout)));
}

/** The keys that the next sync would change again, as far as that can be said before. */
function nextSync(
  context: Context,
  loaded: Loaded,
  staticSecrets: Awaited<ReturnType<typeof loadStaticSecrets>>,
  { plan, after }: Restoration,
): string[] {
  if (plan.applications.length === 0) return [];
  const target = auditTarget(context, loaded, staticSecrets, { exclude: [] });
  const next = planFor(target, after).plan;
  const restored = new Set(changesOf(plan).map(refId));
  const again = changesOf(next).filter((change) => restored.has(refId(change)) && change.application !== PULL_SECRET);
  if (again.length === 0) return [];
  return [`the next sync would change again: ${again.map(refId).join(", ")}`];
}
