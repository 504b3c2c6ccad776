import { PhalanxError, ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { refId } from "../model/secret.js";
import { generatePending } from "../secrets/generate-pending.js";
import type { GeneratorPorts } from "../secrets/generators.js";
import { type FreshValue, resolve } from "../secrets/resolve.js";
import { toWrites } from "../secrets/writes.js";
import type { VaultSession } from "../vault/protocol.js";
import { planFor, readCurrent, resolveInput } from "./compute-plan.js";
import type { RunState } from "./converge.js";
import { refusal } from "./refusal.js";
import type { Run } from "./run.js";
import type { Target } from "./target.js";

/**
 * Plans that make Vault hold what a target requires. Values already generated are kept when a plan has to be made again.
 *
 * @returns What a run prepares with; it throws where the first plan cannot be applied: then nothing was written.
 */
export function syncPlans(session: VaultSession, target: Target, ports: GeneratorPorts): Run["prepare"] {
  let fresh: ReadonlyMap<string, FreshValue> = new Map();
  return async (run, approve) => {
    const current = await readCurrent(session, target);
    const done = changedBy(run);
    const now: Target = {
      ...target,
      regenerate: (ref, state) => target.regenerate(ref, state) && !done.has(refId(ref)),
    };
    const first = planFor(now, current, resolve(resolveInput(now, current, fresh)));
    if (first.unresolved.length + first.blocked.length > 0) {
      if (run.first) throw refusal(first);
      throw new ServerError(diagnostic("plan-stopped-meanwhile"));
    }
    if (run.first) await approve(first, current);
    if (first.applications.length === 0) return { plan: first, writes: [], current };
    const generated = await generatePending(resolveInput(now, current, fresh), ports, () => {
      if (!run.signal.aborted) return;
      throw new PhalanxError(
        run.applied.length === 0
          ? diagnostic("interrupted-before-writing")
          : diagnostic("interrupted-while-writing", { left: undefined }),
      );
    });
    fresh = generated.fresh;
    const { resolved } = generated;
    const plan = planFor(now, current, resolved);
    return { plan, writes: toWrites({ plan, resolved, current, staticSecrets: target.staticSecrets }), current };
  };
}

/** What a run has written, by reference id: that is not regenerated again, whoever has changed it since. */
function changedBy({ applied }: RunState): ReadonlySet<string> {
  return new Set(applied.flatMap(({ write }) => write.planned.changes.map(refId)));
}
