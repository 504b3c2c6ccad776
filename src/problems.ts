import { ConfigurationError, PhalanxError } from "./errors.js";
import { compareCodePoints } from "./model/code-points.js";
import type { AnyDiagnostic } from "./model/diagnostic.js";
import type { ProblemsOf } from "./model/diagnostics/config.js";
import { diagnostic } from "./model/diagnostics/index.js";

/** Collects all problems, to report them at once. */
export interface Problems {
  add(problem: AnyDiagnostic): void;
  /** Something that works but should not stay. */
  warn(warning: AnyDiagnostic): void;
  readonly found: readonly AnyDiagnostic[];
  readonly warnings: readonly AnyDiagnostic[];
}

export function collectProblems(): Problems {
  const found: AnyDiagnostic[] = [];
  const warnings: AnyDiagnostic[] = [];
  return {
    found,
    warnings,
    add: (problem) => void found.push(problem),
    warn: (warning) => void warnings.push(warning),
  };
}

/** The error for all problems: a single one as itself, several under a summary; undefined for none. */
export function errorOf(
  problems: readonly AnyDiagnostic[],
  summary: AnyDiagnostic,
  Kind: typeof PhalanxError = PhalanxError,
): PhalanxError | undefined {
  const [first, ...others] = problems;
  if (first === undefined) return undefined;
  return others.length === 0 ? new Kind(first) : new Kind(summary, { problems });
}

/** Throws if anything was found. */
export function throwProblems(problems: Problems, of: ProblemsOf): void {
  if (problems.found.length === 0) return;
  const found = problems.found.toSorted(inTheOrderOfAnEditor);
  const error = errorOf(found, diagnostic("problems-found", { count: found.length, ...of }), ConfigurationError);
  if (error) throw error;
}

/** By position; those without one come first, in the order they were found. */
function inTheOrderOfAnEditor({ place: a }: AnyDiagnostic, { place: b }: AnyDiagnostic): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareCodePoints(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
