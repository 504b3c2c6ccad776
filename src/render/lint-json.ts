import { countOf, type LintReport } from "../model/lint.js";

/** The findings for programs. */
export function lintResult({ findings, environments, ignored }: LintReport): object {
  return {
    errors: countOf(findings, "error"),
    warnings: countOf(findings, "warning"),
    ignored: ignored.length,
    environments,
    findings: findings.map((finding) => ({
      rule: finding.rule.id,
      severity: finding.severity,
      file: finding.file,
      line: finding.line,
      column: finding.column,
      environments: finding.environments,
      message: finding.message,
      hint: finding.hint,
    })),
  };
}
