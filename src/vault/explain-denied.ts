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
  if (!byPolicy && (await read(session, "auth/token/lookup-self")).status === 403) {
    return new ServerError(`Vault at ${session.url} does not accept the token: it is not valid or has expired`, {
      status: 403,
      hint: "Set VAULT_TOKEN to a current token of this environment.",
    });
  }
  return new ServerError(`Permission denied: the Vault token lacks the capability "${capability}" on ${path}`, {
    status: 403,
    hint: "Use the environment's write token, or add the capability to the token's policy.",
  });
}
