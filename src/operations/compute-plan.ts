import type { CurrentState } from "../model/current-state.js";
import { PULL_SECRET } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import type { Target } from "../model/target.js";
import { plan } from "../secrets/plan.js";
import { excludedSources, type FreshValue, resolve, type Resolved } from "../secrets/resolve.js";
import { listApplications, listIfAllowed } from "../vault/list-applications.js";
import type { VaultSession } from "../vault/protocol.js";
import { readApplications } from "../vault/read-state.js";

/** A plan together with everything that it was computed from. */
export interface ComputedPlan {
  readonly plan: Plan;
  readonly resolved: Resolved;
  readonly current: CurrentState;
  /** Applications that are left alone: those of the target and, in part of a plan, those that something stops. */
  readonly exclude: Target["exclude"];
}

/** Reads what the plan needs: one LIST, and one GET per application that is not excluded or whose values a copy needs. */
export async function readCurrent(
  session: VaultSession,
  { environment, exclude, assumeEmpty, staticSecrets }: Target,
): Promise<CurrentState> {
  const listed = await (assumeEmpty ? listIfAllowed : listApplications)(session, environment.vault);
  const needed = excludedSources(environment, exclude);
  // Without a list, what the environment requires can still be looked at.
  const names = listed ?? [
    ...environment.applications.keys(),
    ...(staticSecrets?.registries.size ? [PULL_SECRET] : []),
  ];
  const wanted = names.filter((name) => !exclude.has(name) || needed.has(name));
  return readApplications(session, environment.vault, wanted, listed === undefined);
}

/** Reads Vault and computes what would have to change. Nothing is generated and nothing is written. */
export async function computePlan(session: VaultSession, target: Target): Promise<ComputedPlan> {
  return planFor(target, await readCurrent(session, target));
}

/**
 * What would have to change where Vault holds `current`.
 *
 * @param fresh What this run has generated already.
 */
export function planFor(
  target: Target,
  current: CurrentState,
  fresh: ReadonlyMap<string, FreshValue> = new Map(),
): ComputedPlan {
  const resolved = resolve({ ...target, current, fresh });
  const made = plan({ ...target, current, resolved });
  if (!target.partial || made.blocked.length === 0) return { plan: made, resolved, current, exclude: target.exclude };
  // What is made from a part that is left out is left out, too.
  const exclude = new Set([...target.exclude, ...made.blocked.map(({ application }) => application)]);
  const rest = planFor({ ...target, exclude }, current, fresh);
  return { ...rest, plan: { ...rest.plan, blocked: [...made.blocked, ...rest.plan.blocked] } };
}
