import type { AnyDiagnostic, NoDetails, PartsOf, Place, Severity } from "../diagnostic.js";
import { ACCESS } from "./access.js";
import { ACTION } from "./action.js";
import { CLI } from "./cli.js";
import { CONFIG } from "./config.js";
import { FILES } from "./files.js";
import { FLEET } from "./fleet.js";
import { GIT } from "./git.js";
import { HTTP } from "./http.js";
import { KUBERNETES } from "./kubernetes.js";
import { LIBRARY } from "./library.js";
import { LINT } from "./lint.js";
import { OPERATIONS } from "./operations.js";
import { RECORDS } from "./records.js";
import { ROLLOUT } from "./rollout.js";
import { RUNS } from "./runs.js";
import { SECRETS } from "./secrets.js";
import { SOURCES } from "./sources.js";
import { TARGET } from "./target.js";
import { TERMINAL } from "./terminal.js";
import { VAULT } from "./vault.js";
import { YAML } from "./yaml.js";

/** Every code. */
export const DIAGNOSTICS = {
  ...ACCESS,
  ...ACTION,
  ...CLI,
  ...CONFIG,
  ...FILES,
  ...FLEET,
  ...GIT,
  ...HTTP,
  ...KUBERNETES,
  ...LIBRARY,
  ...LINT,
  ...OPERATIONS,
  ...RECORDS,
  ...ROLLOUT,
  ...RUNS,
  ...SECRETS,
  ...SOURCES,
  ...TARGET,
  ...TERMINAL,
  ...VAULT,
  ...YAML,
};

/** Any code of a diagnostic. docs/reference/diagnostics.md lists them all. */
export type DiagnosticCode = keyof typeof DIAGNOSTICS;

/**
 * A diagnostic with a known code, and so with known details.
 *
 * @example
 * ```ts
 * try {
 *   loadEnvironment(".", "prod");
 * } catch (error) {
 *   if (!(error instanceof PhalanxError) || error.diagnostic.code !== "environment-unknown") throw error;
 *   const { details } = error.diagnostic as Diagnostic<"environment-unknown">;
 *   console.log(details.known.join(", ")); // demo, staging
 * }
 * ```
 */
export type Diagnostic<C extends DiagnosticCode = DiagnosticCode> = {
  [K in C]: AnyDiagnostic & { readonly code: K } & PartsOf<(typeof DIAGNOSTICS)[K]>;
}[C];

type About<P> = Omit<P, "details"> & { readonly place?: Place | undefined };
type Arguments<P extends { readonly details: object }> = P["details"] extends NoDetails
  ? object extends Omit<P, "details">
    ? [details?: P["details"], about?: About<P>]
    : [details: P["details"], about: About<P>]
  : object extends Omit<P, "details">
    ? [details: P["details"], about?: About<P>]
    : [details: P["details"], about: About<P>];

/**
 * Creates a diagnostic.
 *
 * @param code One of the list.
 * @param details As required by its row in the list; optional if there are none.
 * @param about Its subject and place, if any.
 * @example diagnostic("environment-unknown", { known: ["prod"] }, { subject: { environment: "prdo" } })
 */
export function diagnostic<C extends DiagnosticCode>(
  code: C,
  ...[details, about]: Arguments<PartsOf<(typeof DIAGNOSTICS)[C]>>
): Diagnostic<C> {
  const { severity }: { readonly severity: Severity } = DIAGNOSTICS[code];
  const { place, ...subject } = about ?? {};
  return {
    severity,
    code,
    ...subject,
    ...(place && { place }),
    details: details ?? {},
  } as AnyDiagnostic as Diagnostic<C>;
}
