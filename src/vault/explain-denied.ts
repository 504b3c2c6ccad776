import { ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { RequestDetails } from "../model/diagnostics/vault.js";
import { read, unexpected, type VaultAnswer, type VaultSession } from "./protocol.js";

/** Why Vault did not do what it was asked for. */
export async function whyRefused(
  session: VaultSession,
  answer: VaultAnswer,
  request: RequestDetails & { readonly capability: string; readonly path: string },
): Promise<ServerError> {
  return answer.status === 403
    ? explainDenied(session, answer, request.capability, request.path)
    : unexpected(session, request, answer);
}

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
  return new ServerError(diagnostic("permission-denied", { capability, path }), { status: 403 });
}

/** The error for a token that Vault does not know, or knows no more; undefined for one that is merely not permitted. */
export async function rejectedToken(session: VaultSession): Promise<ServerError | undefined> {
  const { url, tokenVariable: variable = "VAULT_TOKEN" } = session;
  if ((await read(session, "auth/token/lookup-self")).status !== 403) return undefined;
  return new ServerError(diagnostic("token-refused", { url, variable }), { status: 403 });
}
