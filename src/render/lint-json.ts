import { countOf, findingPlace, type LintReport } from "../model/lint.js";
import { summaryOf } from "./diagnostic.js";
import { jsonText } from "./json.js";
import { findingHint } from "./lint.js";

/** The findings for programs. */
export function renderLintJson({ findings, environments, ignored }: LintReport): string {
  const report = {
    errors: countOf(findings, "error"),
    warnings: countOf(findings, "warning"),
    ignored: ignored.length,
    environments,
    findings: findings.map((finding) => {
      const { rule, severity, diagnostic } = finding;
      const { code, subject, details } = diagnostic;
      return {
        rule,
        severity,
        code,
        ...findingPlace(finding),
        environments: finding.environments,
        subject,
        details,
        message: summaryOf(diagnostic),
        hint: findingHint(finding),
      };
    }),
  };
  return jsonText(report);
}
