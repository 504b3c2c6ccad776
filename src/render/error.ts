import type { AnyDiagnostic } from "../model/diagnostic.js";
import { hintOf, lineOf } from "./diagnostic.js";
import { printable } from "./printable.js";

/** An error as printed on stderr: every problem, then the summary, and below it what to do, on a line or two. */
export function renderError(what: AnyDiagnostic, problems: readonly AnyDiagnostic[] = []): string {
  const hint = hintOf(what);
  const details = problems.map((problem, i) => renderProblem(problem, problems[i + 1])).join("");
  const advice = hint === undefined ? "" : `Hint: ${hint.split("\n").map(printable).join("\n")}\n`;
  return `${details}Error: ${printable(lineOf(what))}\n${advice}`;
}

/** A hint shared by consecutive problems is printed once, after the last of them. */
export function renderProblem(problem: AnyDiagnostic, next?: AnyDiagnostic): string {
  const hint = hintOf(problem);
  return hint === undefined || (next !== undefined && hint === hintOf(next))
    ? `${printable(lineOf(problem))}\n`
    : `${printable(lineOf(problem))}\n    ${printable(hint)}\n`;
}

/** A condition that is not an error but that the operator should know about. */
export function renderWarning(what: AnyDiagnostic): string {
  const hint = hintOf(what);
  return `Warning: ${printable(hint === undefined ? lineOf(what) : `${lineOf(what)}. ${hint}`)}\n`;
}
