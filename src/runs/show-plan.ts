import type { CurrentState } from "../model/current-state.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { Environment } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import type { SecretRef } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import type { Question } from "../operations/consent.js";
import type { Proposal } from "../operations/run.js";
import { renderPlan } from "../render/plan.js";
import { impactOf } from "../secrets/impact.js";
import { findRestarts } from "../target/restarts.js";
import { type Context, notify } from "../terminal/context.js";
import { confirm, confirmByName, print, styleFor } from "../terminal/terminal.js";

/** What a plan was made for. */
export interface Planned {
  readonly environment: Environment;
  /** Where its configuration is. */
  readonly root: string;
  readonly staticSecrets: StaticSecrets | undefined;
  /** What Vault will hold, as far as it is known. */
  readonly after?: CurrentState;
  /** What already holds the value that a restore would give it. */
  readonly restored?: ReadonlySet<string>;
  /** What the runs that it continues were to change. */
  readonly earlierChanges?: readonly SecretRef[] | undefined;
}

/** Shows everything that a plan changes, with what to know about it. */
export async function showPlan(
  context: Context,
  { environment, staticSecrets, root, after, restored, earlierChanges }: Planned,
  plan: Plan,
  warnings: readonly AnyDiagnostic[],
  stream = context.stdout,
): Promise<void> {
  const impact = impactOf(plan, environment, staticSecrets, after, restored);
  if (context.answer) {
    const result = { environment: environment.name, applications: plan.applications, impact };
    context.answer.result(result, warnings);
    return;
  }
  const restarts = await findRestarts(
    context,
    { environment, root },
    plan.applications.filter(({ application }) => !plan.blocked.some((each) => each.application === application)),
    earlierChanges,
  );
  print(stream, renderPlan({ plan, impact, restarts, environment, warnings }, styleFor(context, stream)));
}

/**
 * Shows a plan and asks for confirmation; if nobody is to be asked, prints only the warnings.
 *
 * @param text The yes/no question.
 * @returns Whether the user was asked.
 */
export async function approvePlan(
  context: Context,
  planned: Planned,
  { plan, warnings }: Pick<Proposal, "plan" | "warnings">,
  question: Question,
  text: string,
): Promise<boolean> {
  if (question === "none") {
    for (const warning of warnings) notify(context, warning);
    return false;
  }
  // Even if stdout is redirected, the plan is for the person who is asked.
  await showPlan(context, planned, plan, warnings, context.stdout.isTTY ? context.stdout : context.stderr);
  await (question === "name"
    ? confirmByName(context, planned.environment.name)
    : confirm(context, text, question === "always"));
  return true;
}
