import { ServerError } from "../errors.js";
import { isToken } from "../model/names.js";
import { SecretValue } from "../model/secret-value.js";
import { apiPath, send, unexpected, type VaultSession } from "./protocol.js";

/** Logs in at an auth mount; the token is the caller's to revoke. */
export async function login(
  session: VaultSession,
  mount: string,
  method: string,
  body: Readonly<Record<string, string>>,
): Promise<SecretValue> {
  const answer = await send(session, {
    method: "POST",
    path: apiPath("auth", mount, "login"),
    body: JSON.stringify(body),
  });
  if (answer.status !== 200) {
    const failure = unexpected(session, `Login with ${method} (auth/${mount})`, answer);
    throw new ServerError(failure.message, {
      status: answer.status,
      hint: "Check the credentials, the role, and --auth-mount.",
    });
  }
  const token = (answer.body as { auth?: { client_token?: unknown } } | undefined)?.auth?.client_token;
  const hint = "Check that vaultUrl is the address of a Vault server, and what stands before it.";
  if (typeof token !== "string" || token === "") throw new ServerError(`Login with ${method} gave no token`, { hint });
  if (!isToken(token))
    throw new ServerError(`Login with ${method} gave a token that holds characters that no token has`, { hint });
  return new SecretValue(token);
}

/** Revokes this session's own token. */
export async function revokeSelf(session: VaultSession): Promise<void> {
  const answer = await send(session, { method: "POST", path: "auth/token/revoke-self", body: "{}" });
  if (answer.status >= 300) throw unexpected(session, "Revoking the token of this login", answer);
}
