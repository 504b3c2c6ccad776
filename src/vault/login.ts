import { ServerError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { isToken } from "../model/names.js";
import { SecretValue } from "../model/secret-value.js";
import { apiPath, send, unexpected, type VaultSession } from "./protocol.js";

/** Logs in at an auth mount; the caller must revoke the token. */
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
  const { status, reason } = answer;
  if (status !== 200)
    throw new ServerError(diagnostic("login-failed", { url: session.url, method, mount, status, reason }), { status });
  const token = (answer.body as { auth?: { client_token?: unknown } } | undefined)?.auth?.client_token;
  if (typeof token !== "string" || token === "") throw new ServerError(diagnostic("login-without-token", { method }));
  if (!isToken(token)) throw new ServerError(diagnostic("login-token-malformed", { method }));
  return new SecretValue(token);
}

/** Revokes this session's own token. */
export async function revokeSelf(session: VaultSession): Promise<void> {
  const path = "auth/token/revoke-self";
  const answer = await send(session, { method: "POST", path, body: "{}" });
  if (answer.status >= 300) throw unexpected(session, { action: "revoke-self", target: path }, answer);
}
