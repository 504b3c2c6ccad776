/** The library: what other programs may import. docs/library.md explains it by examples. */
export { ConfigurationError, ExitCode, PhalanxError, ServerError } from "./errors.js";
export { type Applied, apply, type ApplyOptions } from "./library/apply.js";
export { type DevVault, startDevVault } from "./library/dev-vault.js";
export { listEnvironments, loadEnvironment, type LoadedEnvironment } from "./library/environment.js";
export { plan, type PlannedSync, type PlanOptions } from "./library/plan.js";
export { readStaticSecrets, type StaticSecretsFile, type StaticSecretsOptions } from "./library/static-secrets.js";
export { openVault, type Vault, type VaultAccess } from "./library/vault.js";
export type { AnyDiagnostic, Diagnostic, DiagnosticCode, Place, Severity, Subject } from "./model/diagnostic.js";
export type { Environment } from "./model/environment.js";
export type { Impact } from "./model/impact.js";
export type { ApplicationPlan, Cause, Change, Plan, UnknownClass, UnknownSecret } from "./model/plan.js";
export type { Undo } from "./model/undo.js";
export { SecretValue } from "./model/secret-value.js";
export type { Secret, SecretRef } from "./model/secret.js";
export type { StaticSecrets } from "./model/static-secrets.js";
export { InterruptedRun } from "./operations/converge.js";
export { hintOf, lineOf } from "./render/diagnostic.js";
export { renderAudit } from "./render/audit.js";
