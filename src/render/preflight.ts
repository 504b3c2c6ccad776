import { commandLine } from "../model/shell.js";
import { printable } from "./printable.js";

/** Something that a token may not do. */
interface Denied {
  readonly purpose: string;
  readonly capability: string;
  readonly path: string;
}

/** What `vault preflight` found; `total` is how many capabilities it asked for. */
export function renderPreflight(environment: string, total: number, denied: readonly Denied[]): string {
  if (denied.length === 0)
    return `The Vault token may do everything that ${environment} needs (${total} capabilities).\n`;
  const lines = denied.map(
    ({ purpose, capability, path }) => `• ${printable(`${purpose}: lacks "${capability}" on ${path}`)}\n`,
  );
  return `The Vault token lacks ${denied.length} of ${total} capabilities:\n${lines.join("")}`;
}

/** What to do about it. */
export function renderPreflightHint(environment: string, policy: string): string {
  return `Hint: The policy ${policy} permits all of it; ${commandLine("phalanx", "vault", "create-write-token", environment)} makes it, and a token with it.\n`;
}
