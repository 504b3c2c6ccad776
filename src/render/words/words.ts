import type { AnyDiagnostic, PartsOf } from "../../model/diagnostic.js";

/** The words for a diagnostic that another one holds. */
export interface InnerWords {
  readonly line: (diagnostic: AnyDiagnostic) => string;
  readonly hint: (diagnostic: AnyDiagnostic) => string | undefined;
}

/** What is said of one code. */
export interface Phrase<D> {
  /** One line: what happened, where the place does not say it already. It never ends with a full stop. */
  readonly summary: string | ((diagnostic: D, inner: InnerWords) => string);
  /** What to do, in whole sentences; a function returns undefined where nothing can be done. */
  readonly hint?: string | ((diagnostic: D, inner: InnerWords) => string | undefined);
}

/** The words for a list of codes. */
export type Words<T> = { readonly [C in keyof T]: Phrase<AnyDiagnostic & { readonly code: C } & PartsOf<T[C]>> };
