import type { CredentialProblem, CredentialReport } from "../model/credential-report.js";
import { logTime } from "./log-time.js";
import { printable } from "./printable.js";

/** The report of `vault audit`, as the original prints it; empty if nothing is wrong. */
export function renderCredentialReport({ appRole, tokenName, tokens }: CredentialReport): string {
  const role = !appRole.found
    ? `No read AppRole (${appRole.name})\n`
    : block(`Problems with read AppRole (${appRole.name})`, appRole.problems);
  if (tokens.length === 0) return `${role}No write token (${tokenName})\n`;
  const several = tokens.length > 1 ? "Multiple write tokens found\n" : "";
  return (
    role + several + tokens.map(({ name, problems }) => block(`Problems with write token (${name})`, problems)).join("")
  );
}

function block(heading: string, problems: readonly CredentialProblem[]): string {
  return problems.length === 0
    ? ""
    : `${printable(heading)}:\n${problems.map((problem) => `• ${printable(problemText(problem))}\n`).join("")}`;
}

function problemText(problem: CredentialProblem): string {
  switch (problem.kind) {
    case "expiration-missing":
      return "Token expiration missing";
    case "expired":
      return `Token expired at ${logTime(problem.at)}`;
    case "expires-soon":
      return `Token will expire at ${logTime(problem.at)}`;
    case "missing-policy":
      return `Missing policy ${problem.policy}`;
    case "unexpected-policy":
      return `Unexpected policy ${problem.policy}`;
    case "policy-differs":
      return `Policy ${problem.policy} doesn't have expected contents`;
  }
}
