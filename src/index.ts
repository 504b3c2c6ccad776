/** The library: what other programs may import. */
export { loadEnvironment, type LoadedEnvironment } from "./config/environment.js";
export { diskTree, findRoot, type Tree } from "./config/tree.js";
export { ConfigurationError, ExitCode, PhalanxError, type Problem, ServerError } from "./errors.js";
export type { Environment } from "./model/environment.js";
export type { Plan } from "./model/plan.js";
export { SecretValue } from "./model/secret-value.js";
export type { Secret, SecretRef } from "./model/secret.js";
export { renderAudit } from "./render/audit.js";
