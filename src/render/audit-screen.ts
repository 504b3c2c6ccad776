import { compareCodePoints } from "../model/code-points.js";
import { PULL_SECRET, type Environment } from "../model/environment.js";
import { type Change, changesOf, type Plan, type FailedVerification } from "../model/plan.js";
import type { SecretRef } from "../model/secret.js";
import { causeText, unknownText } from "./cause.js";
import { reasonText, verificationText } from "./reason.js";
import { count } from "./count.js";
import { environmentHeading } from "./environment-heading.js";
import { keyColumn, keyLine } from "./key-lines.js";
import { printable } from "./printable.js";
import { type Style, wrapPainted } from "./style.js";

/** The input for an audit report. */
export interface AuditText {
  readonly plan: Plan;
  readonly failed: readonly FailedVerification[];
  readonly environment: Environment;
  /** What the audit was limited to; if missing, everything. */
  readonly names?: readonly string[];
  /** Whether generated values were checked. */
  readonly verified?: boolean;
  /** Applications that were left out. */
  readonly exclude?: ReadonlySet<string>;
  /** How many static secrets have no source to compare with: all of them, if there is none. */
  readonly uncompared?: number | "all";
}

interface Finding extends SecretRef {
  readonly kind: keyof typeof KINDS;
  readonly text: string;
}

/** The mark and the counting unit of each kind of finding, most urgent first. */
const KINDS = {
  unresolved: { symbol: "!", paint: "remove", counted: "unresolved" },
  missing: { symbol: "+", paint: "create", counted: "missing" },
  differs: { symbol: "~", paint: "update", counted: "with a different value" },
  sourceless: { symbol: "~", paint: "update", counted: "without a source" },
  failed: { symbol: "x", paint: "remove", counted: "not valid" },
  unknown: { symbol: "?", paint: "dim", counted: "unknown" },
} as const;

/** The audit report for a person at a terminal: every finding with its reason, grouped by application. */
export function renderAuditScreen(
  { plan, failed, environment, names = [], verified = false, uncompared = 0, exclude }: AuditText,
  style: Style,
): string {
  const findings = findingsOf(plan, failed);
  const applications = [...new Set(findings.map(({ application }) => application))].sort(compareCodePoints);
  const sections = applications.map((application) =>
    applicationText(
      application,
      findings.filter((finding) => finding.application === application),
      style,
    ),
  );
  return [
    environmentHeading("Audit of", environment, style),
    ...sections,
    summary(
      findings,
      applications.length,
      { environment, names, verified, uncompared, ...(exclude && { exclude }) },
      style,
    ),
  ].join("\n");
}

function findingsOf({ applications, unknown, unresolved }: Plan, failed: AuditText["failed"]): Finding[] {
  const changes = changesOf({ applications });
  return [
    ...unresolved.map((ref): Finding => ({ ...place(ref), kind: "unresolved", text: reasonText(ref.reason) })),
    ...changes.map(
      (change): Finding => ({
        ...place(change),
        kind: kindOf(change),
        text: causeText(change),
      }),
    ),
    ...failed.map((ref): Finding => ({ ...place(ref), kind: "failed", text: verificationText(ref) })),
    ...unknown.map(
      (ref): Finding => ({
        ...place(ref),
        kind: "unknown",
        text: unknownText(ref),
      }),
    ),
  ];
}

function kindOf({ cause }: Change): Finding["kind"] {
  if (cause.kind === "missing") return "missing";
  return cause.kind === "copy-differs" && cause.isSourceMissing ? "sourceless" : "differs";
}

function place({ application, key }: SecretRef): SecretRef {
  return { application, key: application === PULL_SECRET ? "(whole)" : printable(key) };
}

function applicationText(application: string, findings: readonly Finding[], style: Style): string {
  const column = keyColumn(findings.map(({ key }) => key));
  const lines = findings.map(({ kind, key, text }) => {
    const { symbol, paint } = KINDS[kind];
    return keyLine({ mark: `  ${symbol}`, key, paint: style[paint] }, text, column, style);
  });
  return `${style.bold(printable(application))}\n${lines.join("")}`;
}

function summary(
  findings: readonly Finding[],
  applications: number,
  { environment, names = [], verified, uncompared = 0, exclude = new Set() }: Omit<AuditText, "plan" | "failed">,
  style: Style,
): string {
  if (findings.length === 0) {
    const unchecked = [
      ...(uncompared === "all" ? ["static secrets (no source to compare with)"] : []),
      ...(typeof uncompared === "number" && uncompared > 0
        ? [`${count(uncompared, "static secret")} (no value in the source)`]
        : []),
      ...(verified ? [] : ["generated values (only with --verify)"]),
    ].join(", ");
    const except = exclude.size === 0 ? "" : `, except ${[...exclude].map(printable).join(", ")} (excluded)`;
    const what = names.length === 0 ? "" : `${names.map(printable).join(", ")} of `;
    return wrapPainted(
      `${style.create("Clean:")} nothing is missing, different or unknown in ${what}${printable(environment.name)}${except}.${unchecked === "" ? "" : ` Not checked: ${unchecked}.`}`,
      style,
      "",
    );
  }
  const counts = Object.entries(KINDS).flatMap(([kind, { symbol, paint, counted }]) => {
    const number = findings.filter((finding) => finding.kind === kind).length;
    return number === 0 ? [] : [style[paint](`${symbol} ${number} ${counted}`)];
  });
  return wrapPainted(`${counts.join(", ")}, in ${count(applications, "application")}.`, style, "");
}
