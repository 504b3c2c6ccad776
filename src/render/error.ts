import type { PhalanxError, Problem } from "../errors.js";
import { printable } from "./printable.js";

/** An error as it goes to stderr: what to do first, and last the line that a script or a tired eye looks for. */
export function renderError({ message, hint, problems }: Pick<PhalanxError, "message" | "hint" | "problems">): string {
  const details = problems.map((problem, i) => renderProblem(problem, problems[i + 1])).join("");
  const advice = hint === undefined ? "" : `Hint: ${printable(hint)}\n`;
  return `${details}${advice}Error: ${printable(message)}\n`;
}

/** A hint that several problems in a row share is printed once, after the last of them. */
export function renderProblem({ message, hint }: Problem, next?: Problem): string {
  return hint === undefined || hint === next?.hint
    ? `${printable(message)}\n`
    : `${printable(message)}\n    ${printable(hint)}\n`;
}
