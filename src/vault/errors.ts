import { VaultError } from "../errors.js";
import { read, type VaultSession } from "./protocol.js";

/**
 * Explains a 403: Vault says "permission denied" to a token that is unknown or expired just as to one without the
 * capability. A valid token may always look itself up.
 */
export async function explainDenied(session: VaultSession, capability: string, path: string): Promise<VaultError> {
  const self = await read(session, "auth/token/lookup-self");
  if (self.status === 403) {
    return new VaultError(`Vault at ${session.url} does not accept the token: it is not valid or has expired`, {
      status: 403,
      hint: "Set VAULT_TOKEN to a current token of this environment.",
    });
  }
  return new VaultError(`Permission denied: the Vault token lacks the capability "${capability}" on ${path}`, {
    status: 403,
    hint: "Use the environment's write token, or add the capability to the token's policy.",
  });
}
