import { ServerError } from "../errors.js";
import type { CurrentState } from "../model/current-state.js";
import type { Plan } from "../model/plan.js";
import { refId } from "../model/secret.js";
import { generatePending } from "../secrets/generate-pending.js";
import type { GeneratorPorts } from "../secrets/generators.js";
import { type FreshValue, resolve } from "../secrets/resolve.js";
import { toWrites } from "../secrets/writes.js";
import type { VaultSession } from "../vault/protocol.js";
import { planFor, resolveInput } from "./compute-plan.js";
import { type AppliedWrite, type Convergence, converge, type PlannedWrites, type RunState } from "./converge.js";
import { readCurrent } from "./read-current.js";
import type { Target } from "./target.js";

/** A plan that cannot be applied: it has unresolved or blocked secrets. Nothing was written. */
export class RefusedPlan extends ServerError {
  readonly plan: Plan;

  constructor(plan: Plan) {
    super("The plan cannot be applied");
    this.plan = plan;
  }
}

export type SyncHooks = Pick<Convergence, "onApplied" | "random" | "replan" | "stopRequested"> & {
  /**
   * Called once with the first plan, before anything is generated or written, even if it changes nothing. Rejects if
   * it is not to be applied.
   */
  readonly approve: (plan: Plan, current: CurrentState) => Promise<void>;
};

/**
 * Makes Vault hold what the target requires. Values already generated are kept when a plan has to be made again.
 *
 * @throws InterruptedRun with what had been applied by then; its cause may be a RefusedPlan.
 */
export async function sync(
  session: VaultSession,
  target: Target,
  ports: GeneratorPorts,
  { approve, ...hooks }: SyncHooks,
): Promise<readonly AppliedWrite[]> {
  let fresh: ReadonlyMap<string, FreshValue> = new Map();
  const prepare = async (run: RunState): Promise<PlannedWrites> => {
    const current = await readCurrent(session, target);
    const done = written(run);
    const now: Target = {
      ...target,
      regenerate: (ref, state) => target.regenerate(ref, state) && !done.has(refId(ref)),
    };
    const first = planFor(now, current, resolve(resolveInput(now, current, fresh)));
    if (first.unresolved.length + first.blocked.length > 0) {
      if (run.first) throw new RefusedPlan(first);
      throw new ServerError("Vault changed during the run so that some secrets can no longer be written", {
        hint: "Run an audit to see which.",
      });
    }
    if (run.first) await approve(first, current);
    if (first.applications.length === 0) return { plan: first, writes: [], current };
    const generated = await generatePending(resolveInput(now, current, fresh), ports);
    fresh = generated.fresh;
    const { resolved } = generated;
    const plan = planFor(now, current, resolved);
    return { plan, writes: toWrites({ plan, resolved, current, staticSecrets: target.staticSecrets }), current };
  };
  return converge({ ...hooks, session, environment: target.environment, prepare });
}

/** What a run has written, by reference id: that is not regenerated again, whoever has changed it since. */
function written({ applied }: RunState): ReadonlySet<string> {
  return new Set(applied.flatMap(({ write }) => write.planned.changes.map(refId)));
}
