import type { CurrentState } from "../model/current-state.js";
import { changesOf, type Plan } from "../model/plan.js";

/** A plan that deletes more than this share of what there is, and more than a handful, is rather a mistake. */
const SHARE = 0.2;
const HANDFUL = 5;

/** How much a plan deletes, if that is suspiciously much. */
export function massDeletion(
  plan: Plan,
  current: CurrentState,
): { readonly deleted: number; readonly existing: number } | undefined {
  const deleted = changesOf(plan).filter(({ action }) => action === "delete").length;
  const existing = [...current.values()].reduce(
    (sum, state) => sum + (state.kind === "present" ? state.values.size : 0),
    0,
  );
  return deleted > HANDFUL && deleted > existing * SHARE ? { deleted, existing } : undefined;
}
