export type Severity = "error" | "warning";

/** A line and column of a file of the configuration, both 1-based. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a rule looks for, and why that matters. */
export interface Rule {
  /** Kebab-case; what is written behind `ignore`. */
  readonly id: string;
  readonly severity: Severity;
  /** One line. */
  readonly summary: string;
  /** Why it matters and what to do, in a few sentences. */
  readonly explanation: string;
}

/** One thing that lint has to say. It holds no value but names, paths of conditions, and those of secrets. */
export interface Finding extends Place {
  readonly rule: Rule;
  /** That of the rule, except that an error that concerns no environment is a warning. */
  readonly severity: Severity;
  readonly message: string;
  /** What to do. */
  readonly hint: string;
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

/**
 * Whether a comment can ignore it: never an error that a sync stops on. It goes on where two environments share a
 * prefix, which somebody may want.
 */
export function isIgnorable({ id, severity }: Pick<Rule, "id" | "severity">): boolean {
  return severity === "warning" || id === "shared-prefix";
}

export function countOf(findings: readonly Finding[], severity: Severity): number {
  return findings.filter((finding) => finding.severity === severity).length;
}
