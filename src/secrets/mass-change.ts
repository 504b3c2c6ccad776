import type { CurrentState } from "../model/current-state.js";
import type { MassChange, MassKind } from "../model/mass-change.js";
import type { ApplicationPlan, Change, Plan } from "../model/plan.js";

/** A plan that touches more than this share of the existing values, and more than a handful, is probably a mistake. */
const SHARE = 0.2;
export const HANDFUL = 5;

/** How much of the existing values a plan touches, if that is suspiciously much. */
function massChange(plan: Plan, current: CurrentState, counts: MassKind): MassChange | undefined {
  const mass = { counts, count: countOf(plan, current, counts), existing: keysIn(current) };
  return mass.count > HANDFUL && mass.count > mass.existing * SHARE ? mass : undefined;
}

/** The same for deletions only, which is what counts for a sync. */
export function massDeletion(plan: Plan, current: CurrentState): MassChange | undefined {
  return massChange(plan, current, "deletions");
}

/** The same for everything that a plan changes or deletes, which is what counts for a rotation, a restore and a copy. */
export function massOfChanges(plan: Plan, current: CurrentState): MassChange | undefined {
  return massChange(plan, current, "changes");
}

/**
 * Whether undoing writes may be a mass change too: created values go away, and changed ones get their old value back.
 * Writes by others in the meantime may raise the count, or reduce the number of existing values.
 */
export function mayBeMassUndo(writes: readonly ApplicationPlan[], current: CurrentState): boolean {
  const changes = writes.flatMap((write) => write.changes);
  const of = (action: Change["action"]): number => changes.filter((change) => change.action === action).length;
  // Nobody has read how many keys an undeleted version has.
  const back = writes.filter(({ action }) => action === "undelete" || action === "recover").length * HANDFUL;
  const existing = keysIn(current) + of("create") + back - of("delete");
  const count = of("create") + of("update") + back;
  return count >= HANDFUL && count > (existing * SHARE) / 2;
}

/** How many existing values a plan changes or removes. */
export function countOf({ applications }: Plan, current: CurrentState, counts: MassKind): number {
  return applications.reduce((sum, planned) => sum + touched(planned, current, counts), 0);
}

function touched(
  { application, action, base, changes }: ApplicationPlan,
  current: CurrentState,
  counts: MassKind,
): number {
  if (counts === "deletions") return changes.filter((change) => change.action === "delete").length;
  // For a deleted version, only its destruction removes anything.
  if (base.kind !== "present") return action === "purge" ? 1 : 0;
  const state = current.get(application);
  if (changes.length === 0) return state?.kind === "present" ? state.values.size : 1;
  return changes.filter((change) => change.action !== "create").length;
}

function keysIn(current: CurrentState): number {
  return [...current.values()].reduce((sum, state) => sum + (state.kind === "present" ? state.values.size : 0), 0);
}
