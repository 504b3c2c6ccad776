import type { Target } from "../model/target.js";
import { PhalanxError } from "../errors.js";
import type { CurrentState } from "../model/current-state.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { Plan } from "../model/plan.js";
import type { AppliedWrite } from "../operations/converge.js";
import type { Allowances } from "../operations/guard.js";
import { otherMountHolds } from "../operations/other-mount.js";
import { adopt } from "../operations/record.js";
import { syncPlans } from "../operations/sync.js";
import { renderPlan } from "../render/plan.js";
import { renderApplied } from "../render/sync.js";
import { undoLimitText } from "../render/undo-limit.js";
import { impactOf } from "../secrets/impact.js";
import { type Context, warn } from "../terminal/context.js";
import { driveRun } from "./drive-run.js";
import type { Loaded } from "../target/load.js";
import type { Run } from "./run-info.js";
import { confirm, isInteractive, styleFor } from "../terminal/terminal.js";

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

/** Applies what a target needs. Prints a line for each change, and at the end the line that undoes it. */
export async function runSync(
  context: Context,
  loaded: Loaded,
  target: Target,
  { question, yes, beforeWriting, ...options }: ApplyOptions,
): Promise<{ readonly applied: readonly AppliedWrite[] }> {
  const { environment, root } = loaded;
  let other: Promise<AnyDiagnostic | string | undefined> | undefined;
  return driveRun(context, loaded, {
    ...options,
    root,
    environment,
    staticSecrets: target.staticSecrets,
    plans: (session) => {
      other = otherMountHolds(session, environment.vault).catch(notLookedAt);
      return Promise.resolve(syncPlans(session, target, context));
    },
    approve: async ({ plan, limits }) => {
      const warnings = [...limits.map(undoLimitText), ...buried(plan)];
      if (question === undefined || yes || !isInteractive(context)) {
        for (const warning of warnings) warn(context, warning);
        return 0;
      }
      const impact = impactOf(plan, environment);
      context.stdout.write(renderPlan({ plan, impact, environment, warnings }, styleFor(context, context.stdout)));
      await confirm(context, question);
      return performance.now();
    },
    beforeWriting: async ({ plan, current }, run) => beforeWriting?.(plan, current, run),
    afterwards: async (session) => {
      if (options.adopt) await adopt(session, environment);
      const text = await other;
      if (text !== undefined) warn(context, text);
    },
    lines: (applied) => renderApplied(applied.map(({ write }) => write.planned)),
  });
}

/** Soft-deleted versions that a new one is written over. */
function buried({ applications }: Plan): string[] {
  return applications.flatMap(({ application, base }) =>
    base.kind === "deleted"
      ? [`${application}: its latest version, ${base.version}, was soft-deleted; a new one is written over it`]
      : [],
  );
}

/** It is only said to be helpful: what is written must not depend on it. */
function notLookedAt(error: unknown): string {
  if (!(error instanceof PhalanxError)) throw error;
  return `whether the mount "secret" holds data of this environment too could not be looked at: ${error.message}`;
}
