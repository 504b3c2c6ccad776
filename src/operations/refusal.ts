import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Plan } from "../model/plan.js";
import { stopsOf } from "../model/plan-stops.js";
import { refId } from "../model/secret.js";

/** Why a plan cannot be applied, every reason at once. */
export function refusal(plan: Plan): PhalanxError {
  const { unresolved, blocked } = plan;
  const summary =
    unresolved.length > 0
      ? diagnostic("plan-unresolved", { secrets: unresolved.map(refId) })
      : diagnostic("plan-blocked", { applications: blocked.map(({ application }) => application) });
  return new PhalanxError(summary, { problems: stopsOf(plan) });
}
