import type { FailedVerification } from "../model/failed-verification.js";
import type { OriginalDifference } from "../model/original-difference.js";
import type { Plan } from "../model/plan.js";
import { refId, type SecretRef } from "../model/secret.js";
import { count } from "./count.js";
import { jsonText } from "./json.js";
import { printable } from "./printable.js";

/** What `migrate check` found. */
export interface MigrationReport {
  readonly environment: string;
  readonly differences: readonly OriginalDifference[];
  readonly plan: Plan;
  readonly failed: readonly FailedVerification[];
}

function differenceText({ kind, because = [] }: OriginalDifference): string {
  switch (kind) {
    case "stale-hash":
      return `made from ${because.join(", ")}, which is another now: phalanx makes it anew, the original leaves it`;
    case "extension":
      return "declared by an extension of phalanx: the original refuses the whole secrets.yaml";
    case "clients-kept":
      return "without a source of static secrets, phalanx keeps what Vault holds, and the original writes []";
    case "deleted-kept":
      return "its latest version is deleted: phalanx asks what to do, the original generates a new value";
    case "sibling-kept":
      return `needed by ${because.join(", ")}, which shares the prefix: phalanx keeps it, the original deletes it with --delete`;
  }
}

/** Changes that both programs would make. */
function sharedChanges({ plan, differences }: MigrationReport): number {
  const ours = new Set(differences.map(refId));
  return plan.applications.flatMap(({ changes }) => changes).filter((change) => !ours.has(refId(change))).length;
}

export function renderMigration(report: MigrationReport): string {
  const { environment, differences } = report;
  const shared = sharedChanges(report);
  const both = `Both would make ${count(shared, "further change")}: phalanx secrets audit ${environment}\n`;
  const tail = (shared > 0 ? both : "") + leftText(report);
  if (differences.length === 0) return `In ${environment}, phalanx does exactly what the original does.\n${tail}`;
  const lines = differences.map((difference) => line(difference, differenceText(difference)));
  return `In ${environment}, phalanx does otherwise than the original for:\n${lines.join("")}${tail}`;
}

function line(ref: SecretRef, text: string): string {
  return `• ${printable(`${refId(ref)}: ${text}`)}\n`;
}

function leftText({ failed }: MigrationReport): string {
  if (failed.length === 0) return "";
  const lines = failed.map((secret) => line(secret, secret.reason));
  return `Both leave these as they are, and they are not what they should be:\n${lines.join("")}`;
}

export function renderMigrationJson(report: MigrationReport): string {
  const { environment, differences, failed } = report;
  return jsonText({
    environment,
    same: differences.length === 0,
    differences: differences.map((difference) => ({ ...difference, text: differenceText(difference) })),
    sharedChanges: sharedChanges(report),
    failed,
  });
}
