import { PhalanxError } from "../errors.js";
import type { CurrentState } from "../model/current-state.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import { foreignPrefix } from "./provenance-warnings.js";

/** Safety checks to turn off. */
export interface Allowances {
  /** Take over a prefix that another environment has written to. */
  readonly adopt?: boolean;
}

/** Stops a plan that is probably a mistake. */
export function guard(
  environment: Environment,
  current: CurrentState,
  allowed: Allowances,
  plan?: Pick<Plan, "applications">,
): void {
  const [stop] = foreignStops(environment, current, allowed, plan);
  if (stop) throw new PhalanxError(stop);
}

/** Why nothing may be written to the prefix of an environment. */
export function foreignStops(
  environment: Environment,
  current: CurrentState,
  { adopt }: Allowances,
  plan?: Pick<Plan, "applications">,
): Diagnostic<"environment-not-adopted">[] {
  const foreign = adopt ? undefined : foreignPrefix(environment, current, plan);
  const subject = { environment: environment.name };
  return foreign ? [diagnostic("environment-not-adopted", foreign, { subject })] : [];
}
