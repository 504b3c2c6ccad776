import { verificationText } from "./reason.js";
import type { DifferenceKind, OriginalDifference, PrefixDifference } from "../model/original-difference.js";
import { changesOf, type Plan, type FailedVerification } from "../model/plan.js";
import { refId, type SecretRef } from "../model/secret.js";
import { commandLine } from "../model/shell.js";
import { count } from "./count.js";
import { printable } from "./printable.js";

/** The findings of `migrate check`. */
export interface MigrationReport {
  readonly environment: string;
  readonly differences: readonly OriginalDifference[];
  readonly prefix: readonly PrefixDifference[];
  readonly plan: Plan;
  /** Generated values that neither program changes, and that do not match their source. */
  readonly failed: readonly FailedVerification[];
  /** The words of the audit that lists what both programs leave or change. */
  readonly audit: readonly string[];
}

function differenceText({ kind, because = [] }: OriginalDifference): string {
  const list = because.join(", ");
  return {
    "stale-hash": `follows ${list}, which a sync changes: phalanx updates it, too; the original keeps the old value`,
    extension: "declared by an extension of phalanx: the original refuses the whole secrets.yaml",
    "clients-kept": "without a source of static secrets, phalanx keeps what Vault holds, and the original writes []",
    "deleted-kept":
      "its latest version is deleted: phalanx writes nothing until it is restored or --generate-anew is given; the original generates a new value",
    "not-a-string":
      "is not a string in Vault: phalanx writes nothing until it is one, and the original keeps it, or stops with a traceback",
    "rounded-kept": `next to numbers that the server rounds (${list}): phalanx refuses; the original writes the rounded ones`,
    "excluded-source": `copied from ${list}, which is excluded: phalanx copies what Vault holds; the original cannot resolve it`,
    "pull-secret-excluded": "excluded: the original writes it all the same",
    "sibling-kept": `needed by ${list}, which shares the prefix: phalanx keeps it; the original deletes it with --delete`,
    "folder-kept":
      "a folder next to the secret of that name: the original reports its keys as unknown, and deletes it with --delete",
  }[kind];
}

function prefixText(difference: PrefixDifference): string {
  return difference.kind === "other-mount"
    ? `${difference.mount}/${difference.path}: the original reads and writes secret/${difference.path} instead`
    : `written for another environment (${difference.environments.join(", ")}): phalanx stops without --adopt`;
}

/** What stops the original from writing anything at all. */
const STOPS_THE_ORIGINAL: ReadonlySet<DifferenceKind> = new Set(["extension", "excluded-source"]);

/** Changes that both programs would make. */
function sharedChanges({ plan, differences }: MigrationReport): number {
  const ours = new Set(differences.map(refId));
  return changesOf(plan).filter((change) => !ours.has(refId(change))).length;
}

/** Secrets for which neither program has a value. */
function unresolvedCount({ plan, differences }: MigrationReport): number {
  const ours = new Set(differences.map(refId));
  return plan.unresolved.filter((secret) => !ours.has(refId(secret))).length;
}

export function renderMigration(report: MigrationReport): string {
  const { environment, differences, prefix } = report;
  const tail = sharedText(report) + leftText(report);
  if (differences.length + prefix.length === 0) {
    return `In ${environment}, a sync with phalanx would now write the same values as one with the original.\n${tail}`;
  }
  const lines = [
    ...prefix.map((difference) => `• ${printable(prefixText(difference))}\n`),
    ...differences.map((difference) => line(difference, differenceText(difference))),
  ];
  return `In ${environment}, phalanx and the original differ on:\n${lines.join("")}${tail}`;
}

function sharedText(report: MigrationReport): string {
  const { plan, differences, prefix } = report;
  const audit = `. To see more: ${commandLine("phalanx", ...report.audit)}\n`;
  const unresolved = unresolvedCount(report);
  if (unresolved > 0)
    return `Neither writes anything, because ${count(unresolved, "secret is", "secrets are")} unresolved${audit}`;
  const shared = sharedChanges(report);
  if (shared === 0) return "";
  const isAll = differences.length + prefix.length === 0;
  const further = `would make ${count(shared, isAll ? "change" : "further change")}`;
  const [elsewhere] = prefix.flatMap((each) => (each.kind === "other-mount" ? [each] : []));
  if (elsewhere) return `At ${elsewhere.mount}/${elsewhere.path}, phalanx ${further}${audit}`;
  if (differences.some(({ kind }) => STOPS_THE_ORIGINAL.has(kind)))
    return `phalanx ${further}, the original none${audit}`;
  return plan.blocked.length + plan.unresolved.length + prefix.length > 0
    ? `Once that is decided, both ${further}${audit}`
    : `Both ${further}${audit}`;
}

function line(ref: SecretRef, text: string): string {
  return `• ${printable(`${refId(ref)}: ${text}`)}\n`;
}

function leftText({ failed }: MigrationReport): string {
  if (failed.length === 0) return "";
  const lines = failed.map((secret) => line(secret, verificationText(secret)));
  return `Neither changes these, although they do not have their expected values:\n${lines.join("")}`;
}

/** The same for programs. */
export function migrationResult(report: MigrationReport): object {
  const { environment, differences, prefix, failed } = report;
  return {
    environment,
    same: differences.length + prefix.length === 0,
    prefix: prefix.map((difference) => ({ ...difference, text: prefixText(difference) })),
    differences: differences.map((difference) => ({ ...difference, text: differenceText(difference) })),
    sharedChanges: sharedChanges(report),
    unresolved: unresolvedCount(report),
    failed: failed.map((secret) => ({ ...secret, text: verificationText(secret) })),
  };
}

/** The result of `--write-provenance`: the applications whose values were not noted before. */
export function renderNoted(applications: readonly string[]): string {
  if (applications.length === 0) return "Everything had already been noted.\n";
  return `${printable(`Noted where values come from: ${applications.join(", ")}.`)}\n`;
}
