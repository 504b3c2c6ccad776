import { valuesOf } from "../model/current-state.js";
import { PULL_SECRET } from "../model/environment.js";
import type { ApplicationPlan, Plan } from "../model/plan.js";
import type { StoredValue } from "../model/secret-value.js";
import { refId } from "../model/secret.js";
import type { ApplicationWrite } from "../model/write.js";
import { desiredPullSecret } from "./pull-secret.js";
import type { PlanInput } from "./resolve.js";

/** The state is the one that the plan was made against, and nothing is pending. */
interface WritesInput extends Pick<PlanInput, "resolved" | "current" | "staticSecrets"> {
  readonly plan: Plan;
}

/** One write per application of the plan, with the values, which the plan itself never holds. */
export function toWrites(input: WritesInput): ApplicationWrite[] {
  return input.plan.applications.map((application) => toWrite(application, input));
}

function toWrite(planned: ApplicationPlan, input: WritesInput): ApplicationWrite {
  const { application, action, base } = planned;
  const version = base.kind === "absent" ? 0 : base.version;
  if (action === "delete" || action === "purge") return { kind: action, application, version, planned };
  return { kind: "put", application, cas: version, values: valuesAfter(planned, input), planned };
}

function valuesAfter(
  planned: ApplicationPlan,
  { resolved, current, staticSecrets }: WritesInput,
): ReadonlyMap<string, StoredValue> {
  if (planned.application === PULL_SECRET) return desiredPullSecret(staticSecrets) ?? new Map();
  // Foreign values of any type are carried over.
  const values = new Map(valuesOf(current, planned.application));
  for (const change of planned.changes) {
    if (change.action === "delete") {
      values.delete(change.key);
      continue;
    }
    const resolution = resolved.get(refId(change))?.resolution;
    if (resolution?.kind !== "known") throw new Error(`no value for ${refId(change)}`);
    values.set(change.key, resolution.value);
  }
  return values;
}
