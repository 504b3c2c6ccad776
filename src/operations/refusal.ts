import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { Plan } from "../model/plan.js";
import { stopsOf } from "../model/plan-stops.js";
import { refId } from "../model/secret.js";

/**
 * Every reason why a plan cannot be applied.
 *
 * @param command What was typed, where `--partial` would help; `isWhole`: whether it names no secrets.
 * @param others What else stops it.
 */
export function refusal(
  plan: Plan,
  command: { readonly command: readonly string[] | undefined; readonly isWhole: boolean },
  others: readonly AnyDiagnostic[],
): PhalanxError {
  const { environment, unresolved, blocked } = plan;
  const about = { subject: { environment } };
  const summary =
    unresolved.length > 0
      ? diagnostic("plan-unresolved", { secrets: unresolved.map(refId), ...command }, about)
      : diagnostic("plan-blocked", { applications: blocked.map(({ application }) => application), ...command }, about);
  return new PhalanxError(summary, { problems: [...stopsOf(plan), ...others] });
}
