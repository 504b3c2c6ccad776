import { ServerError } from "../errors.js";
import { read, type VaultAnswer, type VaultSession } from "./protocol.js";

/**
 * Explains a 403: Vault says "permission denied" to a token that is unknown or expired just as to one without the
 * capability. Only of the latter does it say that one error occurred; otherwise the token is asked to look itself up,
 * which the policy `default` permits to every valid one.
 */
export async function explainDenied(
  session: VaultSession,
  denied: VaultAnswer,
  capability: string,
  path: string,
): Promise<ServerError> {
  const byPolicy = denied.errors.some((error) => error.startsWith("1 error occurred"));
  const rejected = byPolicy ? undefined : await rejectedToken(session);
  if (rejected) return rejected;
  return new ServerError(`Permission denied: the Vault token lacks the capability "${capability}" on ${path}`, {
    status: 403,
    hint: /^[^/]+\/(data|metadata|delete|undelete)\//.test(path)
      ? "Use the environment's write token, or add the capability to the token's policy."
      : "Use a token of somebody who manages Vault: an environment's write token may not do this.",
  });
}

/** The error for a token that Vault does not know, or knows no more; undefined for one that is merely not permitted. */
export async function rejectedToken(session: VaultSession): Promise<ServerError | undefined> {
  if ((await read(session, "auth/token/lookup-self")).status !== 403) return undefined;
  return new ServerError(`Vault at ${session.url} does not accept the token: it is not valid or has expired`, {
    status: 403,
    hint: `Set ${session.tokenVariable ?? "VAULT_TOKEN"} to a current token of this environment.`,
  });
}
