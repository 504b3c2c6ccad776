import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import type { Plan } from "../model/plan.js";
import { refId } from "../model/secret.js";
import type { Target } from "../model/target.js";
import { isSpared } from "../secrets/unknown.js";

/** What is not deleted although its class was to be, because it has no other known source. */
export function sparedNotes(
  { environment, unknown }: Pick<Plan, "environment" | "unknown">,
  { deletion }: Pick<Target, "deletion">,
): Diagnostic<"deletion-spares">[] {
  const secrets = deletion === undefined ? [] : unknown.filter((secret) => isSpared(secret, deletion)).map(refId);
  return secrets.length === 0 ? [] : [diagnostic("deletion-spares", { secrets }, { subject: { environment } })];
}
