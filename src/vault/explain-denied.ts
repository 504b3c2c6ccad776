import { ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { RequestDetails } from "../model/diagnostics/vault.js";
import { fieldsOf } from "./answer-fields.js";
import { ask, read, unexpected, type VaultAnswer, type VaultSession } from "./protocol.js";

/** Why Vault did not do what was requested. */
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
 * A 403 although the token has the right, as Vault itself confirms: it is unknown who sent the response, and whether
 * the request took effect.
 */
export class ContradictedRefusal extends ServerError {}

/**
 * Explains a 403: Vault says "permission denied" for an unknown or expired token as well as for one without the
 * capability. Only for the latter does it say that one error occurred; otherwise the token looks itself up, which the
 * policy `default` allows every valid one.
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

/** Whether the token has the right, as far as Vault tells. */
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

/** Whether capabilities allow an operation. */
export function permits(granted: readonly string[] | undefined, needed: string): boolean {
  return granted?.some((capability) => capability === "root" || capability === needed) ?? false;
}

/**
 * The error for a token that Vault does not know, or no longer knows; undefined for one that merely lacks the right.
 */
export async function rejectedToken(session: VaultSession): Promise<ServerError | undefined> {
  const { url, tokenVariable: variable = "VAULT_TOKEN", tokenFrom: from } = session;
  if ((await read(session, "auth/token/lookup-self")).status !== 403) return undefined;
  return new ServerError(diagnostic("token-refused", { url, variable, from }), { status: 403 });
}
