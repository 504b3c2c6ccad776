import { ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { RequestDetails } from "../model/diagnostics/vault.js";
import { fieldsOf } from "./answer-fields.js";
import { ask, read, unexpected, type VaultAnswer, type VaultSession } from "./protocol.js";

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

/** A 403 for what the token may do, as Vault says itself: who answered so is open, and so is what became of the request. */
export class ContradictedRefusal extends ServerError {}

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
  const status = 403;
  return (await isPermitted(session, capability, path))
    ? new ContradictedRefusal(diagnostic("refused-though-permitted", { capability, path }), { status })
    : new ServerError(diagnostic("permission-denied", { capability, path }), { status });
}

/** Whether the token may do it, as far as Vault can be asked. */
async function isPermitted(session: VaultSession, capability: string, path: string): Promise<boolean> {
  const asked = "sys/capabilities-self";
  try {
    const answer = await ask(session, { method: "POST", path: asked, body: JSON.stringify({ paths: [path] }) });
    return answer.status === 200 && permits(fieldsOf(session, asked, answer, "data").strings(path), capability);
  } catch (error) {
    if (error instanceof ServerError) return false;
    throw error;
  }
}

/** Whether capabilities permit an operation. */
export function permits(granted: readonly string[] | undefined, needed: string): boolean {
  return granted?.some((capability) => capability === "root" || capability === needed) ?? false;
}

/** The error for a token that Vault does not know, or knows no more; undefined for one that is merely not permitted. */
export async function rejectedToken(session: VaultSession): Promise<ServerError | undefined> {
  const { url, tokenVariable: variable = "VAULT_TOKEN" } = session;
  if ((await read(session, "auth/token/lookup-self")).status !== 403) return undefined;
  return new ServerError(diagnostic("token-refused", { url, variable }), { status: 403 });
}
