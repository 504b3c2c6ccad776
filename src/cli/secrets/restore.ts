import { ExitCode, PhalanxError } from "../../errors.js";
import { PULL_SECRET } from "../../model/environment.js";
import { refId } from "../../model/secret.js";
import type { RestorePoint } from "../../model/restore.js";
import { planFor, resolveInput } from "../../operations/compute-plan.js";
import {
  applyRestoration,
  finishInterrupted,
  prepareRestoration,
  type RestoreTarget,
} from "../../operations/restore.js";
import { renderPlan } from "../../render/plan.js";
import { renderApplied } from "../../render/sync.js";
import { impactOf } from "../../secrets/impact.js";
import { resolve } from "../../secrets/resolve.js";
import type { Restoration } from "../../secrets/restore.js";
import { type Context, warn } from "../context.js";
import { type Loaded, loadFromTree, loadStaticSecrets } from "../load.js";
import { dropPending, type PendingRun, readPending } from "../pending-run.js";
import { newRun } from "../run-info.js";
import { withVault } from "../session.js";
import { confirm, isInteractive, styleFor } from "../terminal.js";
import { deliverReport } from "../report.js";
import { openRecorder } from "./recorder.js";
import { randomNumber, reportStopped } from "./run-sync.js";
import { checkKnown, refuseLost, warningsFor, warnOfUnknown } from "./restore-checks.js";
import { chooser, type RestoreOptions, restorePoint } from "./restore-options.js";
import { auditTarget } from "./target-options.js";

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
  const run = newRun(context, name, loaded.root);
  const staticSecrets =
    options.secrets === undefined ? undefined : await loadStaticSecrets(context, environment, options);
  const recorder = openRecorder(context, loaded, run);
  const interrupts = context.deferInterrupts();
  const target: RestoreTarget = { environment, point, chosen: chooser(names) };
  /** How much of what was asked for does not come back; each was named. */
  let stays = 0;
  const applied = await withVault(context, { ...loaded, interrupts }, staticSecrets, async (session) => {
    const prepared = await prepareRestoration(session, target);
    const { restoration, histories } = prepared;
    stays = restoration.lost.length + restoration.conflicts.length;
    if (point.kind === "time" && point.time > session.clock.now())
      throw new PhalanxError(`--at ${options.at} is in the future`);
    const pending = await pendingOf(context, name, point);
    if (pending) warnOfUnknown(context, pending, histories);
    checkKnown(name, point, names, histories, pending);
    refuseLost(restoration, options.partial ?? false);
    show(
      context,
      loaded,
      restoration,
      [...warningsFor(point, restoration), ...nextSync(context, loaded, staticSecrets, restoration)],
      options,
    );
    if (options.dryRun && restoration.writes.length > 0) context.stdout.write("\nNothing was written.\n");
    if (options.dryRun) return [];
    for (const { application, version } of await finishInterrupted(session, target, prepared))
      warn(context, `version ${version} of ${application}, left readable by an interrupted restore, was deleted again`);
    if (restoration.writes.length === 0) return [];
    if (!options.yes && isInteractive(context)) await confirm(context, `Restore this in ${name}?`);
    return await applyRestoration(session, target, prepared, {
      onApplied: (written) => recorder.note(session, written),
      random: () => randomNumber(context),
      stopRequested: interrupts.requested,
    });
  })
    .catch(async (error: unknown) => {
      await reportStopped(context, name, recorder);
      throw error;
    })
    .finally(interrupts.end);
  const lines = renderApplied(applied.map(({ write }) => write.planned));
  await deliverReport(context, { name, lines, remarks: await recorder.undoLines() });
  if (!options.dryRun && (await pendingOf(context, name, point))) await dropPending(context, name);
  return stays === 0 ? ExitCode.ok : ExitCode.findings;
}

/** What the run that is taken back left pending, if it was interrupted. */
async function pendingOf(context: Context, name: string, point: RestorePoint): Promise<PendingRun | undefined> {
  const pending = point.kind === "run" ? await readPending(context, name) : undefined;
  return point.kind === "run" && pending?.run === point.run ? pending : undefined;
}

function show(
  context: Context,
  { environment }: Loaded,
  { plan }: Restoration,
  warnings: readonly string[],
  { dryRun, yes }: RestoreOptions,
): void {
  if (dryRun || (isInteractive(context) && !yes)) {
    const impact = impactOf(plan, environment);
    context.stdout.write(renderPlan({ plan, impact, environment, warnings }, styleFor(context, context.stdout)));
  } else for (const warning of warnings) warn(context, warning);
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
  const next = planFor(target, after, resolve(resolveInput(target, after, new Map())));
  const restored = new Set(plan.applications.flatMap(({ changes }) => changes).map(refId));
  const again = next.applications
    .flatMap(({ changes }) => changes)
    .filter((change) => restored.has(refId(change)) && change.application !== PULL_SECRET);
  if (again.length === 0) return [];
  return [`the next sync would change again: ${again.map(refId).join(", ")}`];
}
