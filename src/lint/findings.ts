import { hintOf, lineOf } from "../render/diagnostic.js";
import { compareCodePoints } from "../model/code-points.js";
import type { Finding, Place } from "../model/lint.js";
import { collectProblems, type Problems } from "../problems.js";
import { type RuleId, ruleOf } from "./rules.js";

/** A finding on its way. */
export interface Remark extends Place {
  readonly rule: RuleId;
  readonly message: string;
  readonly hint: string;
  readonly environments: readonly string[];
}

export type Report = (remark: Remark) => void;

/** Gathers findings; the same one over several environments becomes one that lists them. */
export function collectFindings(): { readonly report: Report; readonly finish: () => Finding[] } {
  const found = new Map<string, { readonly remark: Remark; readonly environments: Set<string> }>();
  return {
    report: (remark) => {
      const { rule, file, line, column, message } = remark;
      const id = JSON.stringify([rule, file, line, column, message]);
      const entry = found.get(id) ?? { remark, environments: new Set() };
      for (const environment of remark.environments) entry.environments.add(environment);
      found.set(id, entry);
    },
    finish: () => [...found.values()].map(toFinding).sort(compareFindings),
  };
}

function toFinding({ remark, environments }: { remark: Remark; environments: ReadonlySet<string> }): Finding {
  const rule = ruleOf(remark.rule);
  const concerned = [...environments].sort(compareCodePoints);
  // No sync stops on what no environment reads.
  const severity = concerned.length === 0 ? "warning" : rule.severity;
  return { ...remark, rule, severity, environments: concerned };
}

/** By place, then rule. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compareCodePoints(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compareCodePoints(a.rule.id, b.rule.id) ||
    compareCodePoints(a.message, b.message)
  );
}

/** What stands before the text of a problem, if anything does. */
export function splitPlace(message: string, file: string): Place & { readonly message: string } {
  const match = /^(.+?):(\d+):(\d+): (.*)$/s.exec(message);
  if (match) {
    const [, found = file, line, column, rest = ""] = match;
    return { file: found, line: Number(line), column: Number(column), message: rest };
  }
  const rest = message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message;
  return { file, line: 1, column: 1, message: rest };
}

/**
 * Runs a check that knows only problems and reports them as findings of one rule.
 *
 * @param file The file of those problems that do not say where they are.
 */
export function reportProblems<T>(
  { file, rule, warning = rule }: { readonly file: string; readonly rule: RuleId; readonly warning?: RuleId },
  environments: readonly string[],
  report: Report,
  check: (problems: Problems) => T,
): T {
  const problems = collectProblems();
  const result = check(problems);
  for (const problem of problems.found) {
    report({ ...splitPlace(lineOf(problem), file), rule, hint: hintOf(problem) ?? "Correct it.", environments });
  }
  for (const problem of problems.warnings) {
    const { explanation } = ruleOf(warning);
    report({ ...splitPlace(lineOf(problem), file), rule: warning, hint: explanation, environments });
  }
  return result;
}
