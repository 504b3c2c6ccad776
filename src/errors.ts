import type { AnyDiagnostic } from "./model/diagnostic.js";
import { hintOf, lineOf } from "./render/diagnostic.js";

/** What a process ends with; the same numbers as the original program. */
export const ExitCode = {
  /** Done, and nothing to report. */
  ok: 0,
  /** The report lists problems, or a run stopped after it had written something. */
  findings: 1,
  /** Bad input, missing credentials, an unreachable server: nothing was written. */
  usage: 2,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface PhalanxErrorOptions {
  /** Every single thing that is wrong, when there are several; the error itself then sums them up. */
  readonly problems?: readonly AnyDiagnostic[];
  readonly cause?: unknown;
  readonly exitCode?: ExitCode;
}

/** An error that a user can cause: shown as one line and a hint, never with a stack trace. */
export class PhalanxError extends Error {
  /** What it says, as data; its message and its hint are made from it. */
  readonly diagnostic: AnyDiagnostic;
  readonly problems: readonly AnyDiagnostic[];
  readonly exitCode: ExitCode;

  constructor(diagnostic: AnyDiagnostic, options: PhalanxErrorOptions = {}) {
    super(lineOf(diagnostic), { cause: options.cause });
    this.name = new.target.name;
    this.diagnostic = diagnostic;
    this.problems = options.problems ?? [];
    this.exitCode = options.exitCode ?? ExitCode.usage;
  }

  /** What the operator can do about it. */
  get hint(): string | undefined {
    return hintOf(this.diagnostic);
  }
}

/** Something in the Git configuration is wrong. */
export class ConfigurationError extends PhalanxError {}

/** A server refused, is unreachable, or answered with something that is not its protocol. */
export class ServerError extends PhalanxError {
  /** HTTP status, if there was an answer at all. */
  readonly status: number | undefined;

  constructor(diagnostic: AnyDiagnostic, options: PhalanxErrorOptions & { readonly status?: number | undefined } = {}) {
    super(diagnostic, options);
    this.status = options.status;
  }
}

/** Throws a user's error again with exit status 1, where 2 would say that nothing was written, or that a plan has changes. */
export function throwAsFinding(error: unknown): never {
  if (!(error instanceof PhalanxError)) throw error;
  const { diagnostic, problems } = error;
  throw new PhalanxError(diagnostic, { problems, cause: error, exitCode: ExitCode.findings });
}
