import { ServerError } from "../errors.js";
import { compareCodePoints } from "../model/code-points.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import { refId } from "../model/secret.js";
import { closure } from "../secrets/dependents.js";

interface Effect {
  readonly effect: string;
  readonly on: string;
}

/** A key is written or deleted; or an application, as a whole. */
function effectsOf({ applications }: Plan): Effect[] {
  return applications.flatMap(({ application, action, changes }): Effect[] => {
    if (changes.length === 0) return [{ effect: `${action} ${application}`, on: application }];
    return changes.map((change) => ({
      effect: `${change.action === "delete" ? "delete" : "write"} ${refId(change)}`,
      on: refId(change),
    }));
  });
}

/**
 * What a plan does, as far as an approval is concerned. Approval of a secret includes its copies, even if none of them
 * needed a write at first.
 */
export function effects(plan: Plan, environment: Environment): ReadonlySet<string> {
  const written = plan.applications.flatMap(({ changes }) => changes).filter(({ action }) => action !== "delete");
  return new Set([
    ...effectsOf(plan).map(({ effect }) => effect),
    ...[...closure(environment, written)].map((id) => `write ${id}`),
  ]);
}

/** A recomputed plan may contain fewer effects than were approved (see {@link effects}), but no others. */
export function refuseNewChanges(plan: Plan, approved: ReadonlySet<string>): void {
  const fresh = effectsOf(plan).filter(({ effect }) => !approved.has(effect));
  if (fresh.length === 0) return;
  const names = fresh.map(({ on }) => on).sort(compareCodePoints);
  throw new ServerError(diagnostic("plan-exceeds-approval", { changes: names }));
}
