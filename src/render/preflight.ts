import type { Requirement } from "../model/vault-credentials.js";
import { commandLine } from "../model/shell.js";
import { printable } from "./printable.js";
import { purposeText } from "./vault-credentials.js";

/** What `vault preflight` found: what is denied, of how many capabilities. */
export function renderPreflight(environment: string, total: number, denied: readonly Requirement[]): string {
  if (denied.length === 0)
    return `The Vault token may do everything that ${environment} needs (${total} capabilities).\n`;
  const lines = denied.map(
    (each) => `• ${printable(`${purposeText(each)}: lacks "${each.capability}" on ${each.path}`)}\n`,
  );
  return `The Vault token lacks ${denied.length} of ${total} capabilities:\n${lines.join("")}`;
}

/** The same for programs. */
export function preflightResult(environment: string, denied: readonly Requirement[]): object {
  return {
    environment,
    ok: denied.length === 0,
    denied: denied.map((each) => ({
      path: each.path,
      capability: each.capability,
      purpose: purposeText(each),
      granted: false,
    })),
  };
}

/** What to do about it. */
export function renderPreflightHint(environment: string, policy: string): string {
  return `Hint: The policy ${policy} permits all of it; ${commandLine("phalanx", "vault", "create-write-token", environment)} makes it, and a token with it.\n`;
}
