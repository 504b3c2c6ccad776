import type { CurrentState } from "../model/current-state.js";
import type { Target } from "../model/target.js";
import { PhalanxError, ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { refId, type SecretRef } from "../model/secret.js";
import type { Plan } from "../model/plan.js";
import { plan } from "../secrets/plan.js";
import type { GeneratorPorts } from "../secrets/generators.js";
import type { FreshValue } from "../secrets/resolve.js";
import type { VaultSession } from "../vault/protocol.js";
import { type Allowances, foreignStops } from "./guard.js";
import { planFor, readCurrent } from "./compute-plan.js";
import type { RunState } from "./converge.js";
import type { Run } from "./run.js";

/**
 * Plans that make Vault hold what a target requires. Generated values are kept if a plan has to be recomputed.
 *
 * @param command What was typed, where `--partial` would help.
 * @param allowed What the run is allowed, so that a refusal names everything that stops it.
 * @returns What a run prepares with; it throws where the first plan cannot be applied: then nothing was written.
 */
export function syncPlans(
  session: VaultSession,
  target: Target,
  ports: GeneratorPorts,
  { command, allowed }: { readonly command?: readonly string[] | undefined; readonly allowed: Allowances },
): Run["prepare"] {
  let fresh: ReadonlyMap<string, FreshValue> = new Map();
  return async (run, approve) => {
    const current = await readCurrent(session, target);
    const done = changedBy(run);
    const asked = {
      ...target,
      regenerate: (ref: SecretRef) => target.regenerate(ref, current) && !done.has(refId(ref)),
    };
    const { plan: first, resolved: expected, exclude } = planFor(asked, current, fresh);
    const now = { ...asked, current, exclude };
    const requireApplicable = async (made: Plan): Promise<void> => {
      if (target.partial || made.unresolved.length + made.blocked.length === 0) return;
      const { refusal } = await import("./refusal.js");
      throw run.first
        ? refusal(
            made,
            { command: command && hasMore(now, current) ? command : undefined, isWhole: target.only === undefined },
            foreignStops(target.environment, current, allowed, made),
          )
        : new ServerError(diagnostic("plan-stopped-meanwhile"));
    };
    await requireApplicable(first);
    if (run.first) await approve(first, current, expected);
    if (first.applications.length === 0) return { plan: first, writes: [], current };
    const [{ generatePending }, { toWrites }] = await Promise.all([
      import("../secrets/generate-pending.js"),
      import("../secrets/writes.js"),
    ]);
    const generated = await generatePending({ ...now, fresh }, ports, () => {
      if (!run.signal.aborted) return;
      throw new PhalanxError(
        run.applied.length === 0
          ? diagnostic("interrupted-before-writing")
          : diagnostic("interrupted-while-writing", { left: undefined }),
      );
    });
    fresh = generated.fresh;
    const { resolved } = generated;
    const planned = plan({ ...now, resolved });
    // Whether a value is too long for what derives from it is known only once it exists.
    await requireApplicable(planned);
    return {
      approved: first,
      plan: planned,
      writes: toWrites({ plan: planned, resolved, current, staticSecrets: target.staticSecrets }),
      current,
    };
  };
}

/** What a run has written, by reference id: it is not regenerated again, even if someone has changed it since. */
function changedBy({ applied }: RunState): ReadonlySet<string> {
  return new Set(applied.flatMap(({ write }) => write.planned.changes.map(refId)));
}

/** Whether a partial run would change anything. */
function hasMore(target: Target, current: CurrentState): boolean {
  return planFor({ ...target, partial: true }, current).plan.applications.length > 0;
}
