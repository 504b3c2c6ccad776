import type { AnyDiagnostic } from "./model/diagnostic.js";
import { diagnostic } from "./model/diagnostics/index.js";
import type { Problem } from "./model/problem.js";
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
  /** What the operator can do about it, where the error is given in words. */
  readonly hint?: string | undefined;
  /** Every single thing that is wrong, when there are several; the error itself then sums them up. */
  readonly problems?: readonly (AnyDiagnostic | Problem)[];
  readonly cause?: unknown;
  readonly exitCode?: ExitCode;
}

/** An error that a user can cause: shown as one line and a hint, never with a stack trace. */
export class PhalanxError extends Error {
  /** What it says, as data; its message and its hint are made from it. */
  readonly diagnostic: AnyDiagnostic;
  readonly problems: readonly AnyDiagnostic[];
  readonly exitCode: ExitCode;

  constructor(what: AnyDiagnostic | string, options: PhalanxErrorOptions = {}) {
    const said = toDiagnostic(typeof what === "string" ? { message: what, hint: options.hint } : what);
    super(lineOf(said), { cause: options.cause });
    this.name = new.target.name;
    this.diagnostic = said;
    this.problems = (options.problems ?? []).map(toDiagnostic);
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

  constructor(
    what: AnyDiagnostic | string,
    options: PhalanxErrorOptions & { readonly status?: number | undefined } = {},
  ) {
    super(what, options);
    this.status = options.status;
  }
}

/** What is given in words, as a diagnostic without a code of its own. */
export function toDiagnostic(what: AnyDiagnostic | Problem): AnyDiagnostic {
  return "code" in what ? what : diagnostic("untyped-error", { message: what.message, hint: what.hint });
}
