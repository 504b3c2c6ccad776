import type { AnyDiagnostic } from "../model/diagnostic.js";
import { renderProblem, renderWarning } from "../render/error.js";
import type { RequestLog } from "../http/request-log.js";
import type { VaultLocation } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import type { Written } from "../model/written.js";
import type { RunNote } from "../model/run-note.js";
import type { GeneratorPorts } from "../secrets/generators.js";

/** Shows what is under way until the function that it returns is called. */
export type Progress = (text: () => string) => () => void;

/** Everything outside the program that a command may touch. Only `process-context.ts` knows `process`. */
export interface Context extends GeneratorPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the operator calls a variable that holds a credential, where that is not its name in `env`: in a fleet. */
  readonly variableName?: (plain: string) => string;
  readonly cwd: string;
  /** The arguments of the command that runs, for a line that gives it again with one option more. */
  readonly typed?: readonly string[];
  /** The login name of whoever runs the program; undefined where the system knows none. */
  readonly login: () => string | undefined;
  /** What is noted of a run that writes, as far as it was given on the command line. */
  readonly told?: { readonly [K in keyof RunNote]?: RunNote[K] | undefined };
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Whether a bcrypt hash is one of a password. */
  readonly bcryptVerify: (password: string, hash: string) => Promise<boolean>;
  /** Takes what `notify` has to say where it becomes part of a report instead of being printed. */
  readonly report?: (diagnostic: AnyDiagnostic) => void;
  /** Told of every request to a server; only with --verbose. */
  readonly requestLog?: RequestLog;
  /** Told of what a run is going to change and what it has written; only where that is kept. */
  readonly watch?: RunWatch | undefined;
  /** Tells a person at a terminal what is under way. */
  readonly progress?: Progress | undefined;
  /** With --json: takes the result, instead of text for a person, and diagnostics that such a text would show. */
  readonly answer?: Answer | undefined;
  /** A pause; a shorter one if the signal comes. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Resolves when the operator asks the program to stop. */
  readonly interrupted: () => Promise<void>;
  /**
   * From now on, a first request to stop is only noted, so that what is under way can be finished and reported. A
   * second one ends the program.
   */
  readonly deferInterrupts: () => Interrupts;
  /**
   * From now on, a signal that asks the program to stop calls `handler` first, each time. It says whether the program
   * goes on. The function that is returned ends that.
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
  /** The same for what must be safe with the reader before anything else is done; resolves once it is. */
  readonly deliver: (result: object) => Promise<void>;
}

export interface Interrupts {
  /** Comes with the first request to stop. */
  readonly signal: AbortSignal;
  readonly end: () => void;
}

export type StopSignal = "SIGINT" | "SIGQUIT" | "SIGTERM" | "SIGHUP";

export interface OutputStream {
  readonly write: (text: string) => void;
  /** Resolves once the reader has taken the text, as far as that can be known; rejects if it has not. */
  readonly deliver: (text: string) => Promise<void>;
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

export interface InputStream {
  readonly isTTY: boolean;
  /** Everything until the end of the input, as text. */
  readonly readAll: () => Promise<string>;
  /** The same as it comes. */
  readonly readBytes: () => Promise<Buffer>;
  /** One line, asked for on stderr; undefined if the operator ends the input. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** The same, without showing what is typed. */
  readonly askHidden: (question: string) => Promise<string | undefined>;
}

/** Says what is no error: a warning or a note. */
export function notify(context: Context, diagnostic: AnyDiagnostic): void {
  if (context.report) context.report(diagnostic);
  else printAside(context, diagnostic);
}

/** Prints a warning or a note for a person. */
export function printAside({ stderr }: Pick<Context, "stderr">, diagnostic: AnyDiagnostic): void {
  stderr.write(diagnostic.severity === "note" ? renderProblem(diagnostic) : renderWarning(diagnostic));
}

/** A variable that counts as unset when it is empty. */
export function variable(context: Pick<Context, "env">, name: string): string | undefined {
  const value = context.env[name];
  return value === undefined || value === "" ? undefined : value;
}

/** The name under which the operator has set a variable, for a diagnostic that names it. */
export function variableName(context: Pick<Context, "variableName">, plain: string): string {
  return context.variableName?.(plain) ?? plain;
}
