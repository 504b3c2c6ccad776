import type { AnyDiagnostic } from "./model/diagnostic.js";
import { hintOf, lineOf } from "./render/diagnostic.js";

/**
 * The exit status of a command; the original program uses the same numbers.
 *
 * @example
 * ```ts
 * process.exitCode = listEnvironments(".").includes("demo") ? ExitCode.ok : ExitCode.usage;
 * ```
 */
export const ExitCode = {
  /** Success, without findings. */
  ok: 0,
  /** The report lists problems, or a run stopped that may have written something. */
  findings: 1,
  /** Bad input, missing credentials, an unreachable server: nothing was written. */
  usage: 2,
} as const;
/** One of the numbers in `ExitCode`: 0, 1 or 2. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What an error carries besides its diagnostic. */
export interface PhalanxErrorOptions {
  /** Every problem, if there are several. The error itself sums them up. */
  readonly problems?: readonly AnyDiagnostic[];
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** Default: `ExitCode.usage`. */
  readonly exitCode?: ExitCode;
}

/**
 * An error that a user can fix, such as a typo or an expired token. Print its message and its hint, not its stack trace.
 *
 * @example
 * ```ts
 * try {
 *   loadEnvironment(".", "prod");
 * } catch (error) {
 *   if (!(error instanceof PhalanxError)) throw error;
 *   console.error(`${error.message}. ${error.hint ?? ""}`);
 *   console.log(error.diagnostic.code); // environment-unknown
 * }
 * ```
 */
export class PhalanxError extends Error {
  /** The error as data. `message` and `hint` put it into words. */
  readonly diagnostic: AnyDiagnostic;
  /** Every problem that the error sums up. Empty if the error is the only one. */
  readonly problems: readonly AnyDiagnostic[];
  /** The status to exit with. `ExitCode.usage` means that nothing was written. */
  readonly exitCode: ExitCode;

  /**
   * Creates an error from a diagnostic.
   *
   * @param diagnostic What went wrong.
   * @param options The problems that it sums up, its cause, and its exit status.
   */
  constructor(diagnostic: AnyDiagnostic, options: PhalanxErrorOptions = {}) {
    super(lineOf(diagnostic), { cause: options.cause });
    this.name = new.target.name;
    this.diagnostic = diagnostic;
    this.problems = options.problems ?? [];
    this.exitCode = options.exitCode ?? ExitCode.usage;
  }

  /** How to fix it. Undefined if there is nothing to suggest. */
  get hint(): string | undefined {
    return hintOf(this.diagnostic);
  }
}

/**
 * The configuration, or a static secrets file, is invalid. All problems are reported at once: several in `problems`,
 * a single one as the error itself.
 *
 * @example
 * ```ts
 * try {
 *   loadEnvironment(".", "demo");
 * } catch (error) {
 *   if (!(error instanceof ConfigurationError)) throw error;
 *   const problems = error.problems.length > 0 ? error.problems : [error.diagnostic];
 *   for (const problem of problems) console.error(lineOf(problem)); // FILE:LINE:COLUMN: SUMMARY
 * }
 * ```
 */
export class ConfigurationError extends PhalanxError {}

/**
 * A server denied a request, cannot be reached, or did not respond as expected.
 *
 * @example
 * ```ts
 * const loaded = loadEnvironment(".", "demo");
 * const vault = await openVault(loaded.environment, { token: "expired" });
 * try {
 *   await plan(vault, loaded);
 * } catch (error) {
 *   if (!(error instanceof ServerError)) throw error;
 *   console.log(error.status); // 403
 * } finally {
 *   vault.close();
 * }
 * ```
 */
export class ServerError extends PhalanxError {
  /** The HTTP status. Undefined if it is not what went wrong. */
  readonly status: number | undefined;

  /**
   * Creates an error from a diagnostic.
   *
   * @param diagnostic What went wrong.
   * @param options The options of a `PhalanxError`, and the HTTP status.
   */
  constructor(diagnostic: AnyDiagnostic, options: PhalanxErrorOptions & { readonly status?: number | undefined } = {}) {
    super(diagnostic, options);
    this.status = options.status;
  }
}

/**
 * Rethrows a user error with exit status 1, where 2 would mean that nothing was written, or that a plan has changes.
 */
export function throwAsFinding(error: unknown): never {
  if (!(error instanceof PhalanxError)) throw error;
  const { diagnostic, problems } = error;
  throw new PhalanxError(diagnostic, { problems, cause: error, exitCode: ExitCode.findings });
}
