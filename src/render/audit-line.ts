import type { AuditLine } from "../model/audit-line.js";
import type { ApplicationPlan, Change } from "../model/plan.js";
import type { Written } from "../model/written.js";

/** Changes of a plan, or of what was written, without the plan's causes and effects. */
export function changesIn(
  applications: readonly (Pick<ApplicationPlan, "application" | "action" | "changes"> &
    Partial<Pick<Written, "version">>)[],
): NonNullable<AuditLine["plan"]> {
  const all = applications.flatMap(({ changes }) => changes);
  return {
    create: keys(all, "create").length,
    update: keys(all, "update").length,
    delete: keys(all, "delete").length,
    applications: applications.map(({ application, action, changes, version }) => ({
      application,
      action,
      create: keys(changes, "create"),
      update: keys(changes, "update"),
      delete: keys(changes, "delete"),
      ...(version !== undefined && { version }),
    })),
  };
}

function keys(changes: readonly Change[], action: Change["action"]): string[] {
  return changes.filter((change) => change.action === action).map(({ key }) => key);
}
