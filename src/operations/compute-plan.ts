import type { CurrentState } from "../model/current-state.js";
import type { Plan } from "../model/plan.js";
import type { Target } from "../model/target.js";
import { plan } from "../secrets/plan.js";
import { resolve, type Resolved } from "../secrets/resolve.js";
import type { VaultSession } from "../vault/protocol.js";
import { readCurrent } from "./read-current.js";

/** A plan together with everything that it was computed from. */
export interface ComputedPlan {
  readonly plan: Plan;
  readonly resolved: Resolved;
  readonly current: CurrentState;
}

/** Reads Vault and computes what would have to change. Nothing is generated and nothing is written. */
export async function computePlan(session: VaultSession, target: Target): Promise<ComputedPlan> {
  return planFor(target, await readCurrent(session, target));
}

/** What would have to change where Vault holds `current`. */
export function planFor(target: Target, current: CurrentState): ComputedPlan {
  const resolved = resolve({ ...target, current, fresh: new Map() });
  return { plan: plan({ ...target, current, resolved }), resolved, current };
}
