import { ConfigurationError, PhalanxError, type Problem } from "./errors.js";

/** Gathers everything that is wrong, so that it is reported at once. */
export interface Problems {
  add(message: string, hint?: string): void;
  /** Something that works but should not stay. */
  warn(message: string): void;
  readonly found: readonly Problem[];
  readonly warnings: readonly string[];
}

export function collectProblems(): Problems {
  const found: Problem[] = [];
  const warnings: string[] = [];
  return {
    found,
    warnings,
    add: (message, hint) => void found.push({ message, hint }),
    warn: (message) => void warnings.push(message),
  };
}

/** The error for what is wrong: a single problem as the error itself, several under a summary; undefined for none. */
export function errorOf(
  problems: readonly Problem[],
  summary: string,
  Kind: typeof PhalanxError = PhalanxError,
): PhalanxError | undefined {
  const [first, ...others] = problems;
  if (first === undefined) return undefined;
  return others.length === 0 ? new Kind(first.message, { hint: first.hint }) : new Kind(summary, { problems });
}

/** Throws if anything was found. */
export function throwProblems(problems: Problems, what: string): void {
  if (problems.found.length === 0) return;
  // Messages begin with file:line:column, so this is the order in which an editor would meet them.
  const { compare } = new Intl.Collator("en", { numeric: true });
  const found = problems.found.toSorted((a, b) => compare(a.message, b.message));
  const error = errorOf(found, `${found.length} problems in ${what}`, ConfigurationError);
  if (error) throw error;
}
