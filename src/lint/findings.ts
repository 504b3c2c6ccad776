import { compareCodePoints } from "../model/code-points.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { type Finding, findingPlace, LINT_RULES, type RuleId } from "../model/lint.js";
import { collectProblems, type Problems } from "../problems.js";
import { type AgainstOneRule, ruleOf } from "./rules.js";

/** Receives a finding, and the environments it concerns. */
export interface Report {
  (found: AgainstOneRule, environments: readonly string[]): void;
  /** @param rule The rule of the checked element, for a code that belongs to several. */
  (found: AnyDiagnostic, environments: readonly string[], rule: RuleId): void;
}

/** Where findings go. */
export interface Reading {
  /** The environments they concern. */
  readonly environments: readonly string[];
  readonly report: Report;
}

/** Collects findings; one found in several environments becomes a single finding that lists them. */
export function collectFindings(): { readonly report: Report; readonly finish: () => Finding[] } {
  const gathered = new Map<
    string,
    { readonly rule: RuleId; readonly found: AnyDiagnostic; readonly concerned: Set<string> }
  >();
  return {
    report: (found: AnyDiagnostic, environments: readonly string[], rule?: RuleId) => {
      const id = identity(found);
      const entry = gathered.get(id) ?? { rule: ruleOf(found.code) ?? (rule as RuleId), found, concerned: new Set() };
      for (const environment of environments) entry.concerned.add(environment);
      gathered.set(id, entry);
    },
    finish: () =>
      [...gathered.values()]
        .map(({ rule, found, concerned }): Finding => {
          const environments = [...concerned].sort(compareCodePoints);
          const ofRule = LINT_RULES[rule];
          // A file that no environment reads cannot stop a sync.
          const severity = environments.length === 0 && ofRule === "error" ? "warning" : ofRule;
          return { rule, severity, diagnostic: found, environments };
        })
        .sort(compareFindings),
  };
}

function identity({ code, subject, place, details }: AnyDiagnostic): string {
  return JSON.stringify([code, subject, details, place]);
}

/** By place, then rule. */
export function compareFindings(a: Finding, b: Finding): number {
  const [here, there] = [findingPlace(a), findingPlace(b)];
  return (
    compareCodePoints(here.file, there.file) ||
    here.line - there.line ||
    here.column - there.column ||
    compareCodePoints(a.rule, b.rule) ||
    compareCodePoints(identity(a.diagnostic), identity(b.diagnostic))
  );
}

/**
 * Runs a check that only reports problems, and turns them into findings.
 *
 * @param rule The rule of the checked element, for codes that have none of their own.
 */
export function reportProblems<T>(
  rule: RuleId,
  { environments, report }: Reading,
  check: (problems: Problems) => T,
): T {
  const problems = collectProblems();
  const result = check(problems);
  for (const problem of [...problems.found, ...problems.warnings]) report(problem, environments, rule);
  return result;
}
