/** One thing that is wrong, and what to do about it. Neither text ever holds a secret's value. */
export interface Problem {
  readonly message: string;
  readonly hint?: string | undefined;
}

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
  /** What the operator can do about it. */
  readonly hint?: string | undefined;
  /** Every single thing that is wrong, when there are several; the message then sums them up. */
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
  readonly exitCode?: ExitCode;
}

/** An error that a user can cause: shown as one line and a hint, never with a stack trace. */
export class PhalanxError extends Error {
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];
  readonly exitCode: ExitCode;

  constructor(message: string, options: PhalanxErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
    this.problems = options.problems ?? [];
    this.exitCode = options.exitCode ?? ExitCode.usage;
  }
}

/** Something in the Git configuration is wrong. */
export class ConfigurationError extends PhalanxError {}

/** A server refused, is unreachable, or answered with something that is not its protocol. */
export class ServerError extends PhalanxError {
  /** HTTP status, if there was an answer at all. */
  readonly status: number | undefined;

  constructor(message: string, options: PhalanxErrorOptions & { readonly status?: number | undefined } = {}) {
    super(message, options);
    this.status = options.status;
  }
}
