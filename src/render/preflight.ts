import { commandLine } from "../model/shell.js";
import type { Requirement } from "../model/vault-credentials.js";
import { printable } from "./printable.js";
import { purposeText } from "./vault-credentials.js";

/** The findings of `vault preflight`; `total` is the number of capabilities checked. */
export function renderPreflight(environment: string, total: number, denied: readonly Requirement[]): string {
  if (denied.length === 0)
    return `The Vault token is allowed to do everything that ${environment} needs (${total} capabilities).\n`;
  const lines = denied.map(
    ({ capability, path, ...about }) => `• ${printable(`${purposeText(about)}: lacks "${capability}" on ${path}`)}\n`,
  );
  return `The Vault token lacks ${denied.length} of ${total} capabilities:\n${lines.join("")}`;
}

/** What to do about it. */
export function renderPreflightHint(environment: string, policy: string): string {
  return (
    `Hint: Use a write token of the environment. If this is one, its policy ${policy} is missing or out of date in Vault. To check that, as an administrator: ${commandLine("phalanx", "vault", "audit", environment)}\n` +
    `To write the policy and replace the token (--keep-old 12h keeps the old one for a while): ${commandLine("phalanx", "vault", "create-write-token", environment)}\n`
  );
}

/** The same for programs. */
export function preflightResult({ path, capability, ...about }: Requirement): object {
  return { path, capability, purpose: purposeText(about) };
}
