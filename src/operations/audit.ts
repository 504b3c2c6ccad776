import type { CurrentState } from "../model/current-state.js";
import type { Plan } from "../model/plan.js";
import { plan } from "../secrets/plan.js";
import { resolve, type FreshValue, type Resolved, type ResolveInput } from "../secrets/resolve.js";
import type { VaultSession } from "../vault/protocol.js";
import { readCurrent } from "./read-current.js";
import type { Target } from "./target.js";

/** A plan together with everything that it was computed from. */
export interface ComputedPlan {
  readonly plan: Plan;
  readonly resolved: Resolved;
  readonly current: CurrentState;
}

/** Reads Vault and computes what would have to change. Nothing is generated and nothing is written. */
export async function computePlan(session: VaultSession, target: Target): Promise<ComputedPlan> {
  const current = await readCurrent(session, target, new Map());
  const resolved = resolve(resolveInput(target, current, new Map()));
  return { plan: plan({ ...target, current, resolved }), resolved, current };
}

export function resolveInput(
  target: Target,
  current: CurrentState,
  fresh: ReadonlyMap<string, FreshValue>,
): ResolveInput {
  const { environment, staticSecrets, exclude, regenerate } = target;
  return { environment, current, staticSecrets, exclude, regenerate, fresh };
}
