import type { YamlKind } from "./yaml.js";
import { error, type NoDetails, note, warning } from "../diagnostic.js";
import type { GenerateRule, Secret, SecretRef } from "../secret.js";
import type { RuleId } from "../lint.js";
import type { WrittenReason } from "../plan.js";

/** The environments that share something: some by name, and the number of the others. */
export interface Sharing {
  readonly environments: readonly string[];
  readonly more: number;
}

/** Diagnostics of lint. */
export const LINT = {
  "application-enabled-nowhere": note<{ readonly secrets: number }, "application">(),
  "application-name-unusable": warning<NoDetails, "application">(),
  /** `name`: of the AppRole, and of the write token after `token-`. */
  "approle-name-shared": error<Sharing & { readonly name: string }>(),
  "bcrypt-source-not-generated": warning<
    { readonly source: string; readonly kind: Secret["kind"]; readonly generator?: GenerateRule["type"] },
    "application" | "key"
  >(),
  "chart-key-undeclared": warning<{ readonly meant?: string }, "application" | "key">(),
  "chart-key-unused": warning<NoDetails, "application" | "key">(),
  /** `name`: what stands below the prefix. `enabled`: whether there is an application of that name, without secrets. */
  "chart-path-undeclared": warning<
    { readonly name: string; readonly enabled: boolean; readonly meant?: string },
    "application"
  >(),
  "condition-always-false": note<{ readonly condition: string }, "application" | "key">(),
  "condition-constant": note<
    { readonly condition: string; readonly holds: boolean; readonly environments: number },
    "application" | "key"
  >(),
  "condition-text-boolean": warning<{ readonly condition: string }, "application" | "key">(),
  "condition-through-value": warning<
    { readonly condition: string; readonly obstacle: string; readonly kind: YamlKind },
    "application" | "key"
  >(),
  "condition-unknown": warning<{ readonly condition: string; readonly meant?: string }, "application" | "key">(),
  "copy-of-copy": warning<{ readonly source: SecretRef; readonly origin: SecretRef }, "application" | "key">(),
  "credential-in-value": warning<NoDetails, "application" | "key">(),
  "enabled-without-chart": error<NoDetails, "application">(),
  "environment-name-differs": error<{ readonly name: string }, "environment">(),
  /** `line`: the line of the field in the file. */
  "field-in-description": warning<{ readonly field: string; readonly line: number }, "application" | "key">(),
  "file-or-link-target-missing": error(),
  "file-of-unknown-environment": warning<{ readonly meant?: string }, "environment">(),
  "generator-not-in-original": warning<{ readonly generator: string }, "application" | "key">(),
  "ignore-not-understood": warning(),
  "ignore-of-nothing": warning<{ readonly rule: RuleId; readonly line: number }>(),
  "ignore-of-stopping-error": warning<{ readonly rule: RuleId }>(),
  "ignore-of-unknown-rule": warning<{ readonly rule: string }>(),
  "ignore-without-reason": warning<{ readonly rule: RuleId }>(),
  "override-empty": warning<NoDetails, "environment" | "application">(),
  "override-not-enabled": warning<NoDetails, "environment" | "application">(),
  "override-same": warning<NoDetails, "environment" | "application" | "key">(),
  "pem-flattened": warning<{ readonly field: "value" | "template" }, "application" | "key">(),
  "prefix-below-another": error<Sharing, "environment">(),
  /** The prefix as given, and the one that was meant. */
  "prefix-of-api": warning<{ readonly given: string; readonly meant: string }, "environment">(),
  "prefix-shared": error<Sharing>(),
  /** `secret`: the Kubernetes Secret. */
  "secret-not-read": note<{ readonly secret: string; readonly namespace: string }, "application">(),
  "secret-unresolvable": error<WrittenReason, "application" | "key">(),
  "text-white-space": warning<
    { readonly field: "value" | "template"; readonly what: "line-break" | "space" },
    "application" | "key"
  >(),
  "url-part-unencoded": warning<{ readonly source: SecretRef }, "application" | "key">(),
} as const;
