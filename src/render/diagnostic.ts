import type { AnyDiagnostic } from "../model/diagnostic.js";
import { lineFrom } from "./place.js";
import { phraseFor } from "./words/index.js";
import type { Nested, Phrase } from "./words/words.js";

const NESTED: Nested = { lineOf, hintOf };

/** What happened, on one line, without the position. */
export function summaryOf(diagnostic: AnyDiagnostic): string {
  const { summary } = phraseOf(diagnostic);
  return typeof summary === "string" ? summary : summary(diagnostic as never, NESTED);
}

/**
 * Says how to fix what a diagnostic reports.
 *
 * @param diagnostic The diagnostic.
 * @returns The suggestion. Undefined if there is none.
 *
 * @example
 * ```ts
 * for (const warning of loadEnvironment(".", "demo").warnings) {
 *   console.warn(`${lineOf(warning)}. ${hintOf(warning) ?? ""}`);
 * }
 * ```
 */
export function hintOf(diagnostic: AnyDiagnostic): string | undefined {
  const { hint } = phraseOf(diagnostic);
  return typeof hint === "function" ? hint(diagnostic as never, NESTED) : hint;
}

/**
 * Puts a diagnostic into words, on one line.
 *
 * @param diagnostic The diagnostic.
 * @returns `FILE:LINE:COLUMN: SUMMARY`, with as much of the place as is known.
 *
 * @example
 * ```ts
 * for (const warning of loadEnvironment(".", "demo").warnings) console.warn(lineOf(warning));
 * ```
 */
export function lineOf(diagnostic: AnyDiagnostic): string {
  return lineFrom({ place: diagnostic.place, summary: summaryOf(diagnostic) });
}

/** Summary and hint as complete sentences, where only one text fits. */
export function annotationText(diagnostic: AnyDiagnostic): string {
  const hint = hintOf(diagnostic);
  const line = lineOf(diagnostic);
  return hint === undefined ? line : `${line.replace(/[.:]$/, "")}. ${hint}`;
}

function phraseOf({ code }: AnyDiagnostic): Phrase<never> {
  // A file from another version may contain a code unknown to this one.
  return phraseFor(code) ?? { summary: code };
}
