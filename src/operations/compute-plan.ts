import type { CurrentState } from "../model/current-state.js";
import { PULL_SECRET } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import type { Target } from "../model/target.js";
import { plan } from "../secrets/plan.js";
import { excludedSources, type FreshValue, resolve, type Resolved } from "../secrets/resolve.js";
import { listIfAllowed, listPrefix } from "../vault/list-applications.js";
import type { VaultSession } from "../vault/protocol.js";
import { readApplications } from "../vault/read-state.js";

/** A plan together with everything it was computed from. */
export interface ComputedPlan {
  readonly plan: Plan;
  readonly resolved: Resolved;
  readonly current: CurrentState;
  /** Applications to leave unchanged: those the target excludes and, in a partial plan, the blocked ones. */
  readonly exclude: Target["exclude"];
}

/** Reads what the plan needs: one LIST, and one GET per application that is not excluded or whose values a copy needs. */
export async function readCurrent(session: VaultSession, target: Target): Promise<CurrentState> {
  return (await readPrefix(session, target)).current;
}

async function readPrefix(
  session: VaultSession,
  { environment, exclude, assumeEmpty, staticSecrets }: Target,
): Promise<{ readonly current: CurrentState; readonly folders: readonly string[] }> {
  const listed = await (assumeEmpty ? listIfAllowed : listPrefix)(session, environment.vault);
  const needed = excludedSources(environment, exclude);
  // Without LIST, the required applications can still be read.
  const names = listed?.applications ?? [
    ...environment.applications.keys(),
    ...(staticSecrets?.registries.size ? [PULL_SECRET] : []),
  ];
  const wanted = names.filter((name) => !exclude.has(name) || needed.has(name));
  const current = await readApplications(session, environment.vault, wanted, listed === undefined);
  return { current, folders: listed?.folders ?? [] };
}

/**
 * Reads Vault and computes the necessary changes. Generates and writes nothing.
 *
 * @returns Also the folders under the prefix, which belong to no application.
 */
export async function computePlan(
  session: VaultSession,
  target: Target,
): Promise<ComputedPlan & { readonly folders: readonly string[] }> {
  const { current, folders } = await readPrefix(session, target);
  return { ...planFor(target, current), folders };
}

/**
 * The necessary changes if Vault holds `current`.
 *
 * @param fresh What this run has already generated.
 */
export function planFor(
  target: Target & { readonly blocked?: ReadonlySet<string> },
  current: CurrentState,
  fresh: ReadonlyMap<string, FreshValue> = new Map(),
): ComputedPlan {
  const resolved = resolve({ ...target, current, fresh });
  const made = plan({ ...target, current, resolved });
  if (!target.partial || made.blocked.length === 0) return { plan: made, resolved, current, exclude: target.exclude };
  // Whatever derives from an omitted part is omitted too.
  const blocked = [...(target.blocked ?? []), ...made.blocked.map(({ application }) => application)];
  const exclude = new Set([...target.exclude, ...blocked]);
  const rest = planFor({ ...target, exclude, blocked: new Set(blocked) }, current, fresh);
  return { ...rest, plan: { ...rest.plan, blocked: [...made.blocked, ...rest.plan.blocked] } };
}
