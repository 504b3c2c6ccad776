import { compareCodePoints } from "../model/code-points.js";
import { PULL_SECRET } from "../model/environment.js";
import type { ApplicationPlan } from "../model/plan.js";
import { secretName } from "./audit.js";
import { printable } from "./printable.js";

/** What was written, sorted: one line per key, or per application that was created, restored or deleted as a whole. */
export function renderApplied(applied: readonly ApplicationPlan[]): string {
  const lines = [...new Set(applied.flatMap(linesOf))].sort(compareCodePoints);
  return lines.map((line) => `${printable(line)}\n`).join("");
}

function linesOf({ application, action, changes }: ApplicationPlan): string[] {
  switch (action) {
    case "create":
      return [`Created Vault secret for ${application}`];
    case "undelete":
    case "recover":
      return [`Restored Vault secret for ${application}`];
    case "delete":
    case "purge":
      return [`Deleted Vault secret for ${application}`];
    case "update":
      if (application === PULL_SECRET) return [`Updated Vault secret for ${application}`];
      return changes.map(
        (change) => `${change.action === "delete" ? "Deleted" : "Updated"} Vault secret for ${secretName(change)}`,
      );
  }
}
