import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Plan } from "../model/plan.js";
import { refId } from "../model/secret.js";
import type { Target } from "../model/target.js";
import { isAsked, isSpared } from "../secrets/unknown.js";

/**
 * What is not deleted although its class was to be: its application may require it after all, or no other source of it
 * is known.
 */
export function sparedNotes(
  { environment, unknown }: Pick<Plan, "environment" | "unknown">,
  { deletion }: Pick<Target, "deletion">,
): AnyDiagnostic[] {
  if (deletion === undefined) return [];
  const named = unknown.filter((secret) => isAsked(secret, deletion));
  const doubts = [...new Set(named.map(({ application }) => application))].flatMap(deletion.doubts);
  const secrets = unknown.filter((secret) => isSpared(secret, deletion)).map(refId);
  return [
    ...doubts.filter(({ isTold }) => !isTold).map(({ because }) => because),
    ...(secrets.length === 0 ? [] : [diagnostic("deletion-spares", { secrets }, { subject: { environment } })]),
  ];
}
