/** An error stops what was asked for, a warning does not, and a note asks for nothing. */
export type Severity = "error" | "warning" | "note";

/** A place in a file; without line and column it is the file as a whole. Both are 1-based. */
export interface Place {
  /** As the operator would type it. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** What a diagnostic is about, as far as it is about something that has a name. */
export interface Subject {
  readonly environment?: string;
  readonly application?: string;
  readonly key?: string;
}

/**
 * Something that the program has to say beside its result. What it says in English is made from it by `render/`, and only
 * there. It is plain data, and it never holds a secret's value.
 */
export interface AnyDiagnostic {
  readonly severity: Severity;
  /** Kebab-case, stable, and one of the closed list in `model/diagnostics/`. */
  readonly code: string;
  readonly subject?: Subject;
  readonly place?: Place;
  /** By code: names, versions, times, counts. */
  readonly details: object;
}

/** The severity of a code; its details, and what its subject names, are known to the compiler alone. */
export interface Entry<D extends object, S extends keyof Subject> {
  readonly severity: Severity;
  readonly details?: D;
  readonly subject?: S;
}

/** For a code that its subject and place say everything of. */
export type NoDetails = Readonly<Record<string, never>>;

/** A row of the list of codes: what stops a command. */
export const error = <D extends object = NoDetails, S extends keyof Subject = never>(): Entry<D, S> => ({
  severity: "error",
});
/** A row of the list of codes: what works, and should be known or changed. */
export const warning = <D extends object = NoDetails, S extends keyof Subject = never>(): Entry<D, S> => ({
  severity: "warning",
});
/** A row of the list of codes: what asks for nothing. */
export const note = <D extends object = NoDetails, S extends keyof Subject = never>(): Entry<D, S> => ({
  severity: "note",
});

/** What a row says of its diagnostics. */
export type PartsOf<E> =
  E extends Entry<infer D, infer S>
    ? { readonly details: D } & ([S] extends [never]
        ? { readonly subject?: Subject }
        : { readonly subject: Subject & { readonly [K in S]: string } })
    : never;
