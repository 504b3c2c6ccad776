import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import type { Plan } from "../model/plan.js";
import { refId } from "../model/secret.js";
import type { Target } from "../model/target.js";
import { isSpared } from "../secrets/unknown.js";

/** What was to be deleted, as far as its class goes, and is not, because no other source of it is known. */
export function sparedNotes(
  { environment, unknown }: Pick<Plan, "environment" | "unknown">,
  { deletion }: Pick<Target, "deletion">,
): Diagnostic<"deletion-spares">[] {
  const secrets = deletion === undefined ? [] : unknown.filter((secret) => isSpared(secret, deletion)).map(refId);
  return secrets.length === 0 ? [] : [diagnostic("deletion-spares", { secrets }, { subject: { environment } })];
}
