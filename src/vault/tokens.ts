import type { TokenInfo } from "../model/vault-credentials.js";
import { isToken } from "../model/names.js";
import { SecretValue } from "../model/secret-value.js";
import { change, get, notMade, refused } from "./administration.js";
import { fieldsOf } from "./answer-fields.js";
import { ask, type VaultAnswer, type VaultSession } from "./protocol.js";
import { redact } from "./redact.js";

export async function listAccessors(session: VaultSession): Promise<string[]> {
  return (await get(session, "auth/token/accessors?list=true", "list"))?.strings("keys") ?? [];
}

/**
 * Vault's information on a token; undefined if Vault says that it is gone. A session token without the right to look up
 * others is rejected: to it, every token would seem gone.
 */
export async function lookupAccessor(session: VaultSession, accessor: string): Promise<TokenInfo | undefined> {
  const path = "auth/token/lookup-accessor";
  const answer = await ask(session, { method: "POST", path, body: JSON.stringify({ accessor }) });
  if (isGone(answer)) return undefined;
  if (answer.status !== 200) throw await refused(session, answer, "update", path);
  const data = fieldsOf(session, path, answer, "data");
  if (data.text("accessor") !== accessor) throw notMade(session, { fault: "another-token", accessor });
  return {
    accessor,
    displayName: data.text("display_name"),
    policies: data.stringsOrNull("policies"),
    expires: data.timeOrNull("expire_time"),
  };
}

/**
 * Vault's own words for an unknown accessor, and for one whose token is already gone. The status is 400 or 403, which
 * have other causes too.
 */
function isGone({ status, errors }: VaultAnswer): boolean {
  if ((status !== 400 && status !== 403) || errors.length !== 1) return false;
  return /^(?:1 error occurred:\n\t\* )?(?:invalid accessor|bad token)\n*$/.test(errors[0] ?? "");
}

export interface NewToken {
  readonly displayName: string;
  readonly policies: readonly string[];
  /** In Vault's duration format, e.g. `3650d`. */
  readonly lifetime: string;
  /** Whether it outlives its parent token. */
  readonly orphan: boolean;
}

/** Creates a token; `warnings` are from the server. */
export async function createToken(
  session: VaultSession,
  { displayName, policies, lifetime, orphan }: NewToken,
): Promise<{ token: SecretValue; accessor: string; policies: readonly string[]; warnings: readonly string[] }> {
  const path = orphan ? "auth/token/create-orphan" : "auth/token/create";
  const body = { display_name: displayName, policies, ttl: lifetime };
  const answer = await change(session, { path, body, what: { kind: "token-created" } });
  const { warnings } = (answer.body ?? {}) as { warnings?: unknown };
  const auth = fieldsOf(session, path, answer, "auth");
  const [token, accessor] = [auth.text("client_token"), auth.text("accessor")];
  if (token === "" || accessor === "") throw notMade(session, { fault: "missing", credential: "token" });
  if (!isToken(token)) throw notMade(session, { fault: "malformed", credential: "token" });
  return {
    token: new SecretValue(token),
    accessor,
    policies: auth.stringsOrNull("policies"),
    warnings: redact(Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === "string") : [], [token]),
  };
}

export async function revokeAccessor(session: VaultSession, accessor: string): Promise<void> {
  await change(session, {
    path: "auth/token/revoke-accessor",
    body: { accessor },
    what: { kind: "token-revoked" },
    look: async () => (await lookupAccessor(session, accessor)) === undefined,
  });
}

/** Limits a token's remaining lifetime to this many seconds; shortens a longer one. */
export async function limitAccessor(session: VaultSession, accessor: string, seconds: number): Promise<void> {
  const path = "auth/token/renew-accessor";
  const body = { accessor, increment: `${seconds}s` };
  const answer = await change(session, { path, body, what: { kind: "token-shortened" } });
  const left = fieldsOf(session, path, answer, "auth").number("lease_duration");
  if (left > seconds) throw notMade(session, { fault: "lives-longer", asked: seconds, answered: left });
}

/** When this session's own token expires; undefined: never. */
export async function ownExpiry(session: VaultSession): Promise<string | undefined> {
  return (await get(session, "auth/token/lookup-self"))?.timeOrNull("expire_time");
}
