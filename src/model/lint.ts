import type { AnyDiagnostic, Place, Severity } from "./diagnostic.js";

/**
 * Every rule and its severity. The names are public: comments and SARIF use them. The texts are in
 * `render/words/lint-rules.ts`.
 */
export const LINT_RULES = {
  // Stops a sync, or makes it dangerous.
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
  // Works, but should be changed.
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
  // Often intended, so reported only on request.
  "constant-condition": "note",
  "required-nowhere": "note",
  "secret-unread": "note",
} as const satisfies Readonly<Record<string, Severity>>;

/** Kebab-case; used after `ignore`. */
export type RuleId = keyof typeof LINT_RULES;

/** In the order of the list. */
export const RULE_IDS = Object.keys(LINT_RULES) as readonly RuleId[];

/** One finding of lint. Contains no value except names, condition paths, and names of secrets. */
export interface Finding {
  readonly rule: RuleId;
  /** The rule's severity, except that an error concerning no environment is a warning. */
  readonly severity: Severity;
  /** What was found, and where. */
  readonly diagnostic: AnyDiagnostic;
  /** The environments it concerns, in code point order; empty if no environment reads the file. */
  readonly environments: readonly string[];
}

/** A finding that a comment ignores, and why. */
export interface IgnoredFinding extends Finding {
  readonly reason: string;
}

export interface LintReport {
  /** By position. */
  readonly findings: readonly Finding[];
  /** Every checked environment, in code point order. */
  readonly environments: readonly string[];
  /** Findings that comments ignore. */
  readonly ignored: readonly IgnoredFinding[];
}

export function isRule(id: string): id is RuleId {
  return Object.hasOwn(LINT_RULES, id);
}

/** Errors that do not stop a sync: someone may want a shared prefix, or not use Kubernetes with Vault. */
const IGNORABLE_ERRORS: ReadonlySet<RuleId> = new Set(["kubernetes-key", "shared-prefix"]);

/** Whether a comment can ignore it: never an error that stops a sync. */
export function isIgnorable(rule: RuleId, severity: Severity = LINT_RULES[rule]): boolean {
  return severity !== "error" || IGNORABLE_ERRORS.has(rule);
}

/** The position of a finding: the start of the file, if it is about the whole file. */
export function findingPlace({ diagnostic: { place } }: Finding): Required<Place> {
  return { file: place?.file ?? "", line: place?.line ?? 1, column: place?.column ?? 1 };
}

/** Without notes, ignored or not. */
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
