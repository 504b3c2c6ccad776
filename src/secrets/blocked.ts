import { compareCodePoints } from "../model/code-points.js";
import { groupBy } from "../model/group.js";
import type { ApplicationPlan, BlockedApplication } from "../model/plan.js";
import { ForeignValue } from "../model/secret-value.js";
import { generatorOf } from "./generators.js";
import type { PlanInput } from "./resolve.js";
import { takenBackLatest } from "./taken-back.js";

type BlockedInput = Pick<PlanInput, "current" | "resolved" | "only" | "generateAnew">;

/** The applications of a plan whose writes would lose something. */
export function findBlocked(input: BlockedInput, applications: readonly ApplicationPlan[]): BlockedApplication[] {
  return [...generatedOverDeleted(input, applications), ...inexact(input, applications)].sort((a, b) =>
    compareCodePoints(a.application, b.application),
  );
}

/**
 * Derived values can be recomputed from their source; random ones cannot. What is written over a deleted version hides
 * its other keys: a later plan would find them missing, and generate them.
 */
function generatedOverDeleted(
  { current, resolved, only, generateAnew }: BlockedInput,
  applications: readonly ApplicationPlan[],
): BlockedApplication[] {
  const written = new Set(applications.map(({ application }) => application));
  const lost = [...resolved].flatMap(([id, { secret }]) =>
    ((only?.keys.has(id) ?? true) || written.has(secret.application)) &&
    secret.kind === "generate" &&
    generatorOf(secret.rule).bits(secret.rule) > 0 &&
    !generateAnew(secret)
      ? [secret]
      : [],
  );
  return [...groupBy(lost, ({ application }) => application)].flatMap(([application, secrets]) => {
    const state = current.get(application);
    if (state === undefined || state.kind === "present") return [];
    const { kind, version, deletionTime } = state;
    const keys = secrets.map(({ key }) => key).sort(compareCodePoints);
    const takenBack = kind === "deleted" ? takenBackLatest(state) : undefined;
    return [{ kind, application, version, deletionTime, keys, ...(takenBack && { takenBack }) }];
  });
}

function inexact({ current }: BlockedInput, applications: readonly ApplicationPlan[]): BlockedApplication[] {
  return applications.flatMap(({ application, changes }) => {
    const state = current.get(application);
    if (state?.kind !== "present") return [];
    const replaced = new Set(changes.map(({ key }) => key));
    const keys = [...state.values].flatMap(([key, value]) =>
      value instanceof ForeignValue && value.mayBeRounded && !replaced.has(key) ? [key] : [],
    );
    return keys.length === 0
      ? []
      : [{ kind: "inexact" as const, application, version: state.version, keys: keys.sort(compareCodePoints) }];
  });
}
