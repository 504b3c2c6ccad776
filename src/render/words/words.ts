import type { AnyDiagnostic, PartsOf, Subject } from "../../model/diagnostic.js";
import type { ValueOddity } from "../../model/value-oddity.js";

/** Says what a diagnostic holds in its details. */
export interface Nested {
  /** What happened, to follow its place. */
  readonly lineOf: (diagnostic: AnyDiagnostic) => string;
  /** What to do about it. */
  readonly hintOf: (diagnostic: AnyDiagnostic) => string | undefined;
}

/** What is said of one code. */
export interface Phrase<D> {
  /** One line: what happened, where the place does not say it already. */
  readonly summary: string | ((diagnostic: D, nested: Nested) => string);
  /**
   * What to do, in whole sentences; of an error, on several lines if each has a command to paste. A function returns
   * undefined where nothing can be done.
   */
  readonly hint?: string | ((diagnostic: D, nested: Nested) => string | undefined);
}

/** The words for a list of codes. */
export type Words<T> = { readonly [C in keyof T]: Phrase<AnyDiagnostic & { readonly code: C } & PartsOf<T[C]>> };

/** `APP/KEY: ` before what is said of a secret, and nothing before the rest. */
export function aboutSecret({ subject }: { readonly subject?: Subject }): string {
  const { application, key } = subject ?? {};
  return application === undefined || key === undefined ? "" : `${application}/${key}: `;
}

/** What is odd about a value, to follow what holds it. */
export const ODDITIES: Readonly<Record<ValueOddity, string>> = {
  "newline-at-end": "ends in a newline",
  "pem-on-one-line": "is a PEM on one line, which most programs cannot read",
};
