import type { Diagnostic, DiagnosticCode } from "../model/diagnostics/index.js";
import type { LINT } from "../model/diagnostics/lint.js";
import type { RuleId } from "../model/lint.js";
import type { WrittenReason } from "../model/plan.js";

/** The rule of each code that always belongs to the same one; for other codes it depends on the checked element. */
const RULE_OF = {
  "application-enabled-nowhere": "required-nowhere",
  "application-name-unusable": "unusable-name",
  "approle-name-shared": "shared-prefix",
  "bcrypt-source-not-generated": "bcrypt-source",
  "chart-key-undeclared": "chart-undeclared",
  "chart-key-unused": "chart-unused",
  "chart-path-undeclared": "chart-path",
  "condition-always-false": "required-nowhere",
  "condition-constant": "constant-condition",
  "condition-text-boolean": "text-boolean",
  "condition-through-value": "condition-through-value",
  "condition-unknown": "unknown-condition",
  "copy-of-copy": "copy-chain",
  "credential-in-value": "credential-in-value",
  "enabled-without-chart": "missing-chart",
  "environment-name-differs": "environment-name",
  "field-in-description": "swallowed-field",
  "field-old-spelling": "old-spelling",
  "file-empty": "settings",
  "file-misnamed": "misnamed-file",
  "file-of-unknown-environment": "unknown-environment",
  "file-or-link-target-missing": "unreadable-file",
  "generator-not-in-original": "extension",
  "ignore-not-understood": "bad-ignore",
  "ignore-of-nothing": "unused-ignore",
  "ignore-of-stopping-error": "bad-ignore",
  "ignore-of-unknown-rule": "bad-ignore",
  "ignore-without-reason": "bad-ignore",
  "key-refused-by-kubernetes": "kubernetes-key",
  "override-empty": "useless-override",
  "override-not-enabled": "useless-override",
  "override-same": "useless-override",
  "pem-flattened": "flattened-pem",
  "prefix-below-another": "shared-prefix",
  "prefix-of-api": "api-path-prefix",
  "prefix-shared": "shared-prefix",
  "rules-conflict": "conflicting-rules",
  "secret-beyond-kubernetes": "too-large",
  "secret-not-read": "secret-unread",
  "setting-mistyped": "mistyped-setting",
  "text-white-space": "outer-white-space",
  "url-part-unencoded": "unencoded-in-url",
  "yaml-duplicate-key": "duplicate-key",
  "yaml-key-not-string": "odd-key",
} as const satisfies Readonly<Partial<Record<DiagnosticCode, RuleId>>> &
  Readonly<Record<Exclude<keyof typeof LINT, "secret-unresolvable">, RuleId>>;

/** Diagnostics that always belong to the same rule. */
export type AgainstOneRule = Diagnostic<keyof typeof RULE_OF>;

export function ruleOf(code: string): RuleId | undefined {
  return (RULE_OF as Readonly<Record<string, RuleId>>)[code];
}

/** The rule violated by a secret that can never be resolved. */
export const RULE_OF_REASON: Readonly<Record<WrittenReason["kind"], RuleId>> = {
  cycle: "dependency-cycle",
  "source-application-not-enabled": "source-not-enabled",
  "source-condition-false": "source-not-required",
  "source-undeclared": "source-undeclared",
  "source-too-long": "source-too-long",
  "template-too-long": "template-too-long",
};
