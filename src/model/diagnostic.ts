/** An error: something failed, or was left out. A warning: something probably needs attention. A note: for information. */
export type Severity = "error" | "warning" | "note";

/** A place in a file. Without a line, it is the whole file. */
export interface Place {
  /** The path, as a user would type it. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
}

/** What a diagnostic is about. */
export interface Subject {
  /** The name of the environment. */
  readonly environment?: string;
  /** The name of the application. */
  readonly application?: string;
  /** The key of the secret. */
  readonly key?: string;
}

/**
 * An error, a warning or a note, as plain data. It never contains a secret's value. `lineOf` and `hintOf` put it into
 * words.
 */
export interface AnyDiagnostic {
  /** Whether it is an error, a warning or a note. */
  readonly severity: Severity;
  /** What happened, such as `environment-unknown`. Codes are stable; see {@link DiagnosticCode}. */
  readonly code: string;
  /** What it is about. */
  readonly subject?: Subject;
  /** Where in which file. */
  readonly place?: Place;
  /** Names, versions, times and counts. Which ones depends on the code; see {@link Diagnostic}. */
  readonly details: object;
}

/** The severity of a code; the types of its details and subject exist only at compile time. */
export interface Entry<D extends object, S extends keyof Subject> {
  readonly severity: Severity;
  readonly details?: D;
  readonly subject?: S;
}

/** For a code that is fully described by subject and place. */
export type NoDetails = Readonly<Record<string, never>>;

/** A row in the list of codes: something that stops a command. */
export const error = <D extends object = NoDetails, S extends keyof Subject = never>(): Entry<D, S> => ({
  severity: "error",
});
/** A row in the list of codes: something that works, but should be known or changed. */
export const warning = <D extends object = NoDetails, S extends keyof Subject = never>(): Entry<D, S> => ({
  severity: "warning",
});
/** A row in the list of codes: something that needs no action. */
export const note = <D extends object = NoDetails, S extends keyof Subject = never>(): Entry<D, S> => ({
  severity: "note",
});

/** The members that a row defines for its diagnostics. */
export type PartsOf<E> =
  E extends Entry<infer D, infer S>
    ? { readonly details: D } & ([S] extends [never]
        ? { readonly subject?: Subject }
        : { readonly subject: Subject & { readonly [K in S]: string } })
    : never;
