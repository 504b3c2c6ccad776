import type { PhalanxError, Problem } from "../errors.js";

/** An error as it goes to stderr: what to do first, and last the line that a script or a tired eye looks for. */
export function renderError({ message, hint, problems }: Pick<PhalanxError, "message" | "hint" | "problems">): string {
  const details = problems.map(renderProblem).join("");
  const advice = hint === undefined ? "" : `Hint: ${hint}\n`;
  return `${details}${advice}Error: ${message}\n`;
}

function renderProblem({ message, hint }: Problem): string {
  return hint === undefined ? `${message}\n` : `${message}\n    ${hint}\n`;
}
