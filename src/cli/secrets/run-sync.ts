import { PhalanxError } from "../../errors.js";
import type { CurrentState } from "../../model/current-state.js";
import type { Plan } from "../../model/plan.js";
import { type AppliedWrite, InterruptedRun } from "../../operations/converge.js";
import { type Allowances, guard, requireAcceptance } from "../../operations/guard.js";
import { otherMountHolds } from "../../operations/other-mount.js";
import { undoLimits } from "../../operations/undo-limits.js";
import { adopt } from "../../operations/record.js";
import { RefusedPlan, sync } from "../../operations/sync.js";
import type { Target } from "../../operations/target.js";
import { count } from "../../render/count.js";
import { undoLimitText } from "../../render/undo-limit.js";
import { renderPlan } from "../../render/plan.js";
import { refusal } from "../../render/refusal.js";
import { renderApplied } from "../../render/sync.js";
import { impactOf } from "../../secrets/impact.js";
import type { VaultSession } from "../../vault/protocol.js";
import { type Context, warn } from "../context.js";
import type { Loaded } from "../load.js";
import { newRun, type Run } from "../run-info.js";
import { withVault } from "../session.js";
import { closing, confirm, isInteractive, styleFor } from "../terminal.js";
import { deliverReport } from "../report.js";
import { openRecorder, type Recorder } from "./recorder.js";

export interface ApplyOptions extends Allowances {
  /** What is asked on a terminal after the plan was shown; undefined: nothing is asked. */
  readonly question: string | undefined;
  readonly yes?: boolean;
  /** Whether a plan is made again when Vault has moved. */
  readonly replan: boolean;
  /** Further checks of the plan, before anything is asked. */
  readonly check?: (plan: Plan, current: CurrentState) => Promise<void>;
  /** Called when everything is agreed and nothing is written yet. */
  readonly beforeWriting?: (plan: Plan, current: CurrentState, run: Run) => Promise<void>;
}

export interface FinishedRun {
  readonly run: Run;
  readonly applied: readonly AppliedWrite[];
}

/**
 * Applies what a target needs, with the guards and questions that all commands share. Prints a line for each change,
 * and at the end the line that undoes it.
 */
export async function runSync(
  context: Context,
  loaded: Loaded,
  target: Target,
  options: ApplyOptions,
): Promise<FinishedRun> {
  const { environment } = loaded;
  const run = newRun(context, environment.name, loaded.root);
  const recorder = openRecorder(context, loaded, run);
  const interrupts = context.deferInterrupts();
  let start = 0;
  try {
    const applied = await withVault(context, { ...loaded, interrupts }, target.staticSecrets, async (session) => {
      const approve = async (plan: Plan, current: CurrentState): Promise<void> => {
        guard(environment, plan, current, options);
        await options.check?.(plan, current);
        if (plan.applications.length === 0) return;
        const limits = (await undoLimits(session, environment, plan)).map(undoLimitText);
        if (options.question !== undefined && !options.yes && isInteractive(context)) {
          const impact = impactOf(plan, environment);
          context.stdout.write(
            renderPlan({ plan, impact, environment, warnings: limits }, styleFor(context, context.stdout)),
          );
          await confirm(context, options.question);
          start = performance.now();
        } else for (const limit of limits) warn(context, limit);
        for (const { application, base } of plan.applications) {
          if (base.kind === "deleted")
            warn(
              context,
              `${application}: its latest version, ${base.version}, was soft-deleted; a new one is written over it`,
            );
        }
        await requireAcceptance(session, environment, plan, current);
        await options.beforeWriting?.(plan, current, run);
      };
      const hooks = {
        approve,
        replan: options.replan,
        random: () => randomNumber(context),
        stopRequested: interrupts.requested,
        onApplied: (written: AppliedWrite) => recorder.note(session, written),
      };
      const [done, other] = await Promise.all([
        sync(session, target, context, hooks),
        otherMountHolds(session, environment.vault).catch(notLookedAt),
      ]);
      if (options.adopt) await adopting(session, loaded, done);
      if (other) warn(context, other);
      return done;
    });
    const remarks = await recorder.undoLines();
    await deliverReport(context, { name: environment.name, lines: text(applied), remarks });
    if (applied.length > 0) context.stderr.write(closing(context, [], written(applied), start));
    return { run, applied };
  } catch (error) {
    if (error instanceof InterruptedRun && error.cause instanceof RefusedPlan) throw refusal(error.cause.plan);
    await reportStopped(context, environment.name, recorder);
    throw error;
  } finally {
    interrupts.end();
  }
}

/** It is only said to be helpful: what is written must not depend on it. */
function notLookedAt(error: unknown): string {
  if (!(error instanceof PhalanxError)) throw error;
  return `whether the mount "secret" holds data of this environment too could not be looked at: ${error.message}`;
}

async function adopting(
  session: VaultSession,
  { environment }: Loaded,
  applied: readonly AppliedWrite[],
): Promise<void> {
  try {
    await adopt(session, environment);
  } catch (error) {
    throw error instanceof PhalanxError ? new InterruptedRun(error, applied) : error;
  }
}

/** From 0 to 1. */
export function randomNumber({ randomBytes }: Context): number {
  return (randomBytes(1)[0] ?? 0) / 255;
}

/** Whatever ended a run, even a mistake of ours: what it has written is said. */
export async function reportStopped(context: Context, name: string, recorder: Recorder): Promise<void> {
  if (recorder.applied.length === 0) return;
  const remarks = `Warning: the run stopped early; the changes above were made. Run it again to make the others.\n${await recorder.undoLines()}`;
  await deliverReport(context, { name, lines: text(recorder.applied), remarks });
}

function written(applied: readonly AppliedWrite[]): string {
  const keys = applied.reduce((sum, { write }) => sum + write.planned.changes.length, 0);
  return `${count(keys, "key")} in ${count(applied.length, "application")}`;
}

function text(applied: readonly AppliedWrite[]): string {
  return renderApplied(applied.map(({ write }) => write.planned));
}
