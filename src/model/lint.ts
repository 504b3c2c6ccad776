import type { AnyDiagnostic, Place, Severity } from "./diagnostic.js";

/**
 * Every rule, and how bad it is to break it. The names are public: comments and SARIF use them. Their words stand in
 * `render/words/lint-rules.ts`.
 */
export const LINT_RULES = {
  // What a sync stops on, or what makes it dangerous.
  "conflicting-rules": "error",
  "dependency-cycle": "error",
  "duplicate-key": "error",
  "environment-name": "error",
  "fleet-config": "error",
  "kubernetes-key": "error",
  "misnamed-file": "error",
  "missing-chart": "error",
  "mistyped-setting": "error",
  "secret-definition": "error",
  settings: "error",
  "shared-prefix": "error",
  "source-not-enabled": "error",
  "source-not-required": "error",
  "source-too-long": "error",
  "source-undeclared": "error",
  "template-too-long": "error",
  "unreadable-file": "error",
  yaml: "error",
  // What works and should not stay.
  "api-path-prefix": "warning",
  "bad-ignore": "warning",
  "bcrypt-source": "warning",
  "chart-path": "warning",
  "chart-undeclared": "warning",
  "chart-unused": "warning",
  "condition-through-value": "warning",
  "copy-chain": "warning",
  "credential-in-value": "warning",
  extension: "warning",
  "flattened-pem": "warning",
  "odd-key": "warning",
  "old-spelling": "warning",
  "outer-white-space": "warning",
  "swallowed-field": "warning",
  "text-boolean": "warning",
  "too-large": "warning",
  "unencoded-in-url": "warning",
  "unknown-condition": "warning",
  "unknown-environment": "warning",
  "unusable-name": "warning",
  "unused-ignore": "warning",
  "useless-override": "warning",
  // What is often intended, so that it is told only to somebody who asks.
  "constant-condition": "note",
  "required-nowhere": "note",
  "secret-unread": "note",
} as const satisfies Readonly<Record<string, Severity>>;

/** Kebab-case; what is written behind `ignore`. */
export type RuleId = keyof typeof LINT_RULES;

/** In the order in which they are listed. */
export const RULE_IDS = Object.keys(LINT_RULES) as readonly RuleId[];

/** One thing that lint has to say. It holds no value but names, paths of conditions, and those of secrets. */
export interface Finding {
  readonly rule: RuleId;
  /** That of the rule, except that an error that concerns no environment is a warning. */
  readonly severity: Severity;
  /** What was found, and where. */
  readonly diagnostic: AnyDiagnostic;
  /** Those concerned, in code point order; none if no environment reads the file. */
  readonly environments: readonly string[];
}

/** One that a comment ignores, and why. */
export interface IgnoredFinding extends Finding {
  readonly reason: string;
}

/** All that lint found. */
export interface LintReport {
  /** By place. */
  readonly findings: readonly Finding[];
  /** Every environment that was looked at, in code point order. */
  readonly environments: readonly string[];
  /** What comments ignore. */
  readonly ignored: readonly IgnoredFinding[];
}

export function isRule(id: string): id is RuleId {
  return Object.hasOwn(LINT_RULES, id);
}

/** Errors that a sync goes on with: somebody may want a shared prefix, or have no Kubernetes behind Vault. */
const IGNORABLE_ERRORS: ReadonlySet<RuleId> = new Set(["kubernetes-key", "shared-prefix"]);

/** Whether a comment can ignore it: never an error that a sync stops on. */
export function isIgnorable(rule: RuleId, severity: Severity = LINT_RULES[rule]): boolean {
  return severity !== "error" || IGNORABLE_ERRORS.has(rule);
}

/** Where a finding is: what is about a file as a whole is found at its beginning. */
export function findingPlace({ diagnostic: { place } }: Finding): Required<Place> {
  return { file: place?.file ?? "", line: place?.line ?? 1, column: place?.column ?? 1 };
}

/** Without what asks for nothing, be it ignored or not. */
export function withoutNotes(report: LintReport): LintReport {
  return {
    ...report,
    findings: report.findings.filter(asksForSomething),
    ignored: report.ignored.filter(asksForSomething),
  };
}

function asksForSomething({ severity }: Finding): boolean {
  return severity !== "note";
}

export function countOf(findings: readonly Finding[], severity: Severity): number {
  return findings.filter((finding) => finding.severity === severity).length;
}
