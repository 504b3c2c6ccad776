import type { TokenInfo } from "../model/vault-credentials.js";
import { SecretValue } from "../model/secret-value.js";
import { change, type Data, dataOf, gaveNone, get, refused, strings, text } from "./administration.js";
import { ask, type VaultSession } from "./protocol.js";
import { redact } from "./redact.js";

export async function listAccessors(session: VaultSession): Promise<string[]> {
  return strings((await get(session, "auth/token/accessors?list=true", "list"))?.["keys"]);
}

/**
 * What Vault says of a token; undefined for one that is gone. A token that may not look others up is refused: to it, every
 * one would seem gone.
 */
export async function lookupAccessor(session: VaultSession, accessor: string): Promise<TokenInfo | undefined> {
  const path = "auth/token/lookup-accessor";
  const answer = await ask(session, { method: "POST", path, body: JSON.stringify({ accessor }) });
  // The accessor is a 400 once it is unknown, and until then a 403 of its own wording where the token is gone already.
  if (answer.status === 400 || answer.status === 404 || answer.errors.some((error) => error.includes("bad token")))
    return undefined;
  if (answer.status !== 200) throw await refused(session, answer, "update", path);
  const data = dataOf(answer);
  return {
    accessor: text(data["accessor"]),
    displayName: text(data["display_name"]),
    policies: strings(data["policies"]),
    expires: typeof data["expire_time"] === "string" ? data["expire_time"] : undefined,
  };
}

export interface NewToken {
  readonly displayName: string;
  readonly policies: readonly string[];
  /** As Vault writes durations, e.g. `3650d`. */
  readonly lifetime: string;
  /** Whether it outlives the token that makes it. */
  readonly orphan: boolean;
}

/** Makes a token; `warnings` are the server's own. */
export async function createToken(
  session: VaultSession,
  { displayName, policies, lifetime, orphan }: NewToken,
): Promise<{ token: SecretValue; accessor: string; policies: readonly string[]; warnings: readonly string[] }> {
  const path = orphan ? "auth/token/create-orphan" : "auth/token/create";
  const body = { display_name: displayName, policies, ttl: lifetime };
  const answer = await change(session, { path, body, what: "a token was made" });
  const { auth, warnings } = (answer.body ?? {}) as { auth?: Data; warnings?: unknown };
  const [token, accessor] = [text(auth?.["client_token"]), text(auth?.["accessor"])];
  if (token === "" || accessor === "") throw gaveNone(session, "token");
  return {
    token: new SecretValue(token),
    accessor,
    policies: strings(auth?.["policies"]),
    warnings: redact(strings(warnings), [token]),
  };
}

export async function revokeAccessor(session: VaultSession, accessor: string): Promise<void> {
  await change(session, {
    path: "auth/token/revoke-accessor",
    body: { accessor },
    what: "it was revoked",
    look: async () => (await lookupAccessor(session, accessor)) === undefined,
  });
}

/** Lets a token live for so many seconds from now; shortens a longer life. */
export async function limitAccessor(session: VaultSession, accessor: string, seconds: number): Promise<void> {
  await change(session, {
    path: "auth/token/renew-accessor",
    body: { accessor, increment: `${seconds}s` },
    what: "its life was shortened",
  });
}

/** When this session's own token expires; undefined: never. */
export async function ownExpiry(session: VaultSession): Promise<string | undefined> {
  const data = await get(session, "auth/token/lookup-self");
  const expires = data?.["expire_time"];
  return typeof expires === "string" ? expires : undefined;
}
