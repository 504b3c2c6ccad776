import { countOf, findingPlace, LINT_RULES, type LintReport, type RuleId } from "../model/lint.js";
import { summaryOf } from "./diagnostic.js";
import { findingHint } from "./lint.js";
import { RULE_WORDS } from "./words/lint-rules.js";

export function lintResult({ findings, environments, ignored }: LintReport): object {
  return {
    errors: countOf(findings, "error"),
    warnings: countOf(findings, "warning"),
    notes: countOf(findings, "note"),
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
}

export function ruleResult(id: RuleId): object {
  return { id, severity: LINT_RULES[id], ...RULE_WORDS[id] };
}
