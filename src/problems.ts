import { ConfigurationError, type Problem } from "./errors.js";

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

/** Throws if anything was found: a single problem as the error itself, several under a summary. */
export function throwProblems(problems: Problems, what: string): void {
  if (problems.found.length === 0) return;
  // Messages begin with file:line:column, so this is the order in which an editor would meet them.
  const { compare } = new Intl.Collator("en", { numeric: true });
  const found = problems.found.toSorted((a, b) => compare(a.message, b.message));
  const [first, ...others] = found;
  if (first === undefined) return;
  if (others.length === 0) throw new ConfigurationError(first.message, { hint: first.hint });
  throw new ConfigurationError(`${found.length} problems in ${what}`, { problems: found });
}
