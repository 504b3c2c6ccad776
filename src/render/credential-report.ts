import type { CredentialProblem, CredentialReport } from "../model/credential-report.js";
import { type ByKind, wordsOf } from "./by-kind.js";
import { shownTime } from "./log-time.js";
import { printable } from "./printable.js";

/** The report of `vault audit`, as the original prints it; empty if nothing is wrong. */
export function renderCredentialReport({ appRole, tokenName, tokens }: CredentialReport): string {
  const role = !appRole.found
    ? `No read AppRole (${appRole.name})\n`
    : block(`Problems with read AppRole (${appRole.name})`, appRole.problems);
  if (tokens.length === 0) return `${role}No write token (${tokenName})\n`;
  const isAlone = tokens.length === 1;
  const blocks = tokens.map(({ name, accessor, problems }) =>
    block(`Problems with write token (${name}${isAlone ? "" : `, accessor ${accessor}`})`, problems),
  );
  return `${role}${isAlone ? "" : "Multiple write tokens found\n"}${blocks.join("")}`;
}

function block(heading: string, problems: readonly CredentialProblem[]): string {
  return problems.length === 0
    ? ""
    : `${printable(heading)}:\n${problems.map((problem) => `• ${printable(wordsOf(PROBLEMS, problem))}\n`).join("")}`;
}

const PROBLEMS: ByKind<CredentialProblem> = {
  "expiration-missing": "Token expiration missing",
  expired: ({ at }) => `Token expired at ${shownTime(at)}`,
  "expires-soon": ({ at }) => `Token will expire at ${shownTime(at)}`,
  "missing-policy": ({ policy }) => `Missing policy ${policy}`,
  "unexpected-policy": ({ policy }) => `Unexpected policy ${policy}`,
  "policy-differs": ({ policy }) => `Policy ${policy} doesn't have expected contents`,
};
