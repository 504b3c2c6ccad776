import type { AnyDiagnostic } from "../model/diagnostic.js";
import { renderProblem, renderWarning } from "../render/error.js";
import type { RequestLog } from "../http/request-log.js";
import type { VaultLocation } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import type { Written } from "../model/written.js";
import type { RunNote } from "../model/run-note.js";
import type { GeneratorPorts } from "../secrets/generators.js";

/** Shows what is in progress until the returned function is called. */
export type Progress = (text: () => string) => () => void;

/** Everything outside the program that a command may touch. Only `process-context.ts` knows `process`. */
export interface Context extends GeneratorPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The operator's name for a variable with a credential, if it differs from its name in `env`: in a fleet. */
  readonly variableName?: (plain: string) => string;
  readonly cwd: string;
  /** The arguments of the current command, to print it again with one more option. */
  readonly typed?: readonly string[];
  /** The login name of the current user; undefined if the system knows none. */
  readonly login: () => string | undefined;
  /** Notes on a run that writes, as far as given on the command line. */
  readonly told?: { readonly [K in keyof RunNote]?: RunNote[K] | undefined };
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Whether a bcrypt hash matches a password. */
  readonly bcryptVerify: (password: string, hash: string) => Promise<boolean>;
  /** Receives the diagnostics of `notify` if they become part of a report instead of being printed. */
  readonly report?: (diagnostic: AnyDiagnostic) => void;
  /** Receives every request to a server; only with --verbose. */
  readonly requestLog?: RequestLog;
  /** Receives what a run will change and what it has written; only if that is logged. */
  readonly watch?: RunWatch | undefined;
  /** Shows a person at a terminal what is in progress. */
  readonly progress?: Progress | undefined;
  /** With --json: receives the result instead of text for a person, and diagnostics that such a text would show. */
  readonly answer?: Answer | undefined;
  /** Pauses; the signal ends the pause early. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Resolves when the operator interrupts the program. */
  readonly interrupted: () => Promise<void>;
  /**
   * From now on, a first interrupt is only noted, so that work in progress can finish and be reported. A second one
   * ends the program.
   */
  readonly deferInterrupts: () => Interrupts;
  /**
   * From now on, every stop signal calls `handler` first. It returns whether the program continues. The returned
   * function removes it.
   */
  readonly onStopSignal: (handler: (signal: StopSignal) => boolean) => () => void;
}

export interface RunWatch {
  readonly planned: (plan: Plan, vault: VaultLocation) => void;
  /** @param run Its id, if anything is noted. */
  readonly written: (run: string | undefined, writes: readonly Written[]) => void;
}

export interface Answer {
  readonly result: (result: object, diagnostics?: readonly AnyDiagnostic[]) => void;
  /** The same for output that must have reached the reader before anything else is done; resolves once it has. */
  readonly deliver: (result: object) => Promise<void>;
}

export interface Interrupts {
  /** Aborted at the first interrupt. */
  readonly signal: AbortSignal;
  readonly end: () => void;
}

export type StopSignal = "SIGINT" | "SIGQUIT" | "SIGTERM" | "SIGHUP";

export interface OutputStream {
  readonly write: (text: string) => void;
  /** Resolves once the reader has received the text, as far as that can be known; otherwise rejects. */
  readonly deliver: (text: string) => Promise<void>;
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

export interface InputStream {
  readonly isTTY: boolean;
  /** The whole input, as text. */
  readonly readAll: () => Promise<string>;
  /** The whole input, as bytes. */
  readonly readBytes: () => Promise<Buffer>;
  /** Prompts on stderr for one line; undefined if the operator ends the input. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** The same, without echo. */
  readonly askHidden: (question: string) => Promise<string | undefined>;
}

/** Reports a diagnostic other than an error: a warning or a note. */
export function notify(context: Context, diagnostic: AnyDiagnostic): void {
  if (context.report) context.report(diagnostic);
  else printAside(context, diagnostic);
}

/** Prints a warning or a note for a person. */
export function printAside({ stderr }: Pick<Context, "stderr">, diagnostic: AnyDiagnostic): void {
  stderr.write(diagnostic.severity === "note" ? renderProblem(diagnostic) : renderWarning(diagnostic));
}

/** An environment variable; an empty one counts as unset. */
export function variable(context: Pick<Context, "env">, name: string): string | undefined {
  const value = context.env[name];
  return value === undefined || value === "" ? undefined : value;
}

/** The operator's name for a variable, for diagnostics. */
export function variableName(context: Pick<Context, "variableName">, plain: string): string {
  return context.variableName?.(plain) ?? plain;
}
