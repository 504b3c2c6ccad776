import { type Diagnostic, diagnostic } from "./diagnostics/index.js";
import type { Plan } from "./plan.js";

/** Everything that prevents a plan from being applied. */
export function stopsOf({
  environment,
  unresolved,
  blocked,
}: Pick<Plan, "environment" | "unresolved" | "blocked">): Diagnostic<"secret-unresolved" | "application-blocked">[] {
  return [
    ...unresolved.map(({ application, key, reason }) =>
      diagnostic("secret-unresolved", reason, { subject: { environment, application, key } }),
    ),
    ...blocked.map((each) =>
      diagnostic("application-blocked", each, { subject: { environment, application: each.application } }),
    ),
  ];
}
