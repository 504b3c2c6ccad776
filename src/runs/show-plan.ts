import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { Environment } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import { renderPlan } from "../render/plan.js";
import { impactOf } from "../secrets/impact.js";
import { type Context, notify } from "../terminal/context.js";
import { confirm, isInteractive, styleFor } from "../terminal/terminal.js";

/** Shows everything that a plan changes, with what should be known of it. */
export function showPlan(
  context: Context,
  environment: Environment,
  plan: Plan,
  warnings: readonly AnyDiagnostic[],
): void {
  const impact = impactOf(plan, environment);
  if (context.answer) {
    const result = { environment: environment.name, applications: plan.applications, impact };
    context.answer.result(result, warnings);
  } else context.stdout.write(renderPlan({ plan, impact, environment, warnings }, styleFor(context, context.stdout)));
}

/**
 * The same where somebody can be asked about it; elsewhere, or with `quiet`, only what should be known.
 *
 * @returns Whether the plan was shown.
 */
export function presentPlan(
  context: Context,
  environment: Environment,
  plan: Plan,
  warnings: readonly AnyDiagnostic[],
  quiet: boolean,
): boolean {
  const shown = isInteractive(context) && !quiet;
  if (shown) showPlan(context, environment, plan, warnings);
  else for (const warning of warnings) notify(context, warning);
  return shown;
}

/**
 * Presents a plan, and asks where it was shown.
 *
 * @param question Undefined: nothing is asked, so the plan is not shown either.
 * @returns Whether somebody was asked.
 */
export async function approvePlan(
  context: Context,
  environment: Environment,
  plan: Plan,
  warnings: readonly AnyDiagnostic[],
  question: string | undefined,
): Promise<boolean> {
  if (!presentPlan(context, environment, plan, warnings, question === undefined) || question === undefined)
    return false;
  await confirm(context, question);
  return true;
}
