import { ServerError } from "../errors.js";
import type { TokenInfo } from "../model/vault-credentials.js";
import { SecretValue } from "../model/secret-value.js";
import { explainDenied } from "./explain-denied.js";
import { apiPath, read, send, unexpected, type VaultAnswer, type VaultSession } from "./protocol.js";
import { redact } from "./redact.js";

/** What of a role this program sets or reads. */
export interface RoleSettings {
  readonly policies: readonly string[];
  /** Seconds. */
  readonly tokenTtl: number;
  readonly tokenMaxTtl: number;
}

type Data = Readonly<Record<string, unknown>>;

/** Reads; undefined where Vault says that there is nothing. */
async function get(session: VaultSession, path: string, capability = "read"): Promise<Data | undefined> {
  const answer = await read(session, path);
  if (answer.status === 404 && answer.errors.some((error) => error.includes("no handler for route")))
    throw notEnabled(path);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw await refused(session, answer, capability, path);
  return dataOf(answer);
}

async function post(session: VaultSession, method: "POST" | "PUT", path: string, body: object): Promise<VaultAnswer> {
  const answer = await send(session, { method, path, body: JSON.stringify(body) });
  if (answer.status >= 300) throw await refused(session, answer, "update", path);
  return answer;
}

async function refused(
  session: VaultSession,
  answer: VaultAnswer,
  capability: string,
  path: string,
): Promise<ServerError> {
  const shown = decodeURIComponent(path.replace(/\?.*$/, ""));
  return answer.status === 403 ? explainDenied(session, answer, capability, shown) : unexpected(session, shown, answer);
}

function notEnabled(path: string): ServerError {
  const mount = path.split("/").slice(0, 2).join("/");
  return new ServerError(`${mount} is not enabled in Vault`, {
    status: 404,
    hint: `Enable it: vault auth enable ${mount.slice("auth/".length)}`,
  });
}

function dataOf({ body }: VaultAnswer): Data {
  return (body as { data?: Data | null } | undefined)?.data ?? {};
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The text of a policy; undefined if there is none of that name. */
export async function getPolicy(session: VaultSession, name: string): Promise<string | undefined> {
  const data = await get(session, apiPath("sys/policies/acl", name));
  return data === undefined ? undefined : text(data["policy"]);
}

export async function putPolicy(session: VaultSession, name: string, policy: string): Promise<void> {
  await post(session, "PUT", apiPath("sys/policies/acl", name), { policy });
}

/** Whoever took nothing for the new credential would end the old ones. */
function gaveNone({ url }: VaultSession, what: string): ServerError {
  return new ServerError(`Vault at ${url} was asked for a ${what} and answered without one`, {
    hint: "Nothing older was ended. Check that vaultUrl is the address of a Vault server.",
  });
}

/** An AppRole's settings; undefined if there is none of that name. */
export async function getRole(session: VaultSession, name: string): Promise<RoleSettings | undefined> {
  const data = await get(session, apiPath("auth/approle/role", name));
  if (data === undefined) return undefined;
  return {
    policies: strings(data["token_policies"]),
    tokenTtl: Number(data["token_ttl"] ?? 0),
    tokenMaxTtl: Number(data["token_max_ttl"] ?? 0),
  };
}

/** @param lifetime Seconds; undefined keeps what the role has. */
export async function putRole(
  session: VaultSession,
  name: string,
  policies: readonly string[],
  lifetime: number | undefined,
): Promise<void> {
  const limits = lifetime === undefined ? {} : { token_ttl: lifetime, token_max_ttl: lifetime };
  await post(session, "POST", apiPath("auth/approle/role", name), {
    token_policies: policies,
    token_type: "service",
    ...limits,
  });
}

export async function getRoleId(session: VaultSession, name: string): Promise<string> {
  const data = await get(session, apiPath("auth/approle/role", name, "role-id"));
  return text(data?.["role_id"]);
}

/** Accessors of a role's SecretIDs. A role without any answers 404. */
export async function listSecretIds(session: VaultSession, name: string): Promise<string[]> {
  return strings(
    (await get(session, `${apiPath("auth/approle/role", name, "secret-id")}?list=true`, "list"))?.["keys"],
  );
}

export async function createSecretId(
  session: VaultSession,
  name: string,
): Promise<{ secretId: SecretValue; accessor: string }> {
  const data = dataOf(await post(session, "POST", apiPath("auth/approle/role", name, "secret-id"), {}));
  const [secretId, accessor] = [text(data["secret_id"]), text(data["secret_id_accessor"])];
  if (secretId === "" || accessor === "") throw gaveNone(session, "SecretID");
  return { secretId: new SecretValue(secretId), accessor };
}

export async function destroySecretId(session: VaultSession, name: string, accessor: string): Promise<void> {
  await post(session, "POST", apiPath("auth/approle/role", name, "secret-id-accessor/destroy"), {
    secret_id_accessor: accessor,
  });
}

export async function listAccessors(session: VaultSession): Promise<string[]> {
  return strings((await get(session, "auth/token/accessors?list=true", "list"))?.["keys"]);
}

/**
 * What Vault says of a token; undefined for one that is gone. A token that may not look others up is refused: to it, every
 * one would seem gone.
 */
export async function lookupAccessor(session: VaultSession, accessor: string): Promise<TokenInfo | undefined> {
  const path = "auth/token/lookup-accessor";
  const answer = await send(session, { method: "POST", path, body: JSON.stringify({ accessor }) });
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
  const answer = await post(session, "POST", path, { display_name: displayName, policies, ttl: lifetime });
  const { auth, warnings } = (answer.body ?? {}) as { auth?: Data; warnings?: unknown };
  const [token, accessor] = [text(auth?.["client_token"]), text(auth?.["accessor"])];
  if (token === "" || accessor === "") throw gaveNone(session, "token");
  return {
    token: new SecretValue(token),
    accessor,
    policies: strings(auth?.["policies"]),
    warnings: strings(warnings).map((warning) => redact(warning, [token])),
  };
}

export async function revokeAccessor(session: VaultSession, accessor: string): Promise<void> {
  await post(session, "POST", "auth/token/revoke-accessor", { accessor });
}

/** Lets a token live for so many seconds from now; shortens a longer life. */
export async function limitAccessor(session: VaultSession, accessor: string, seconds: number): Promise<void> {
  await post(session, "POST", "auth/token/renew-accessor", { accessor, increment: `${seconds}s` });
}

/** When this session's own token expires; undefined: never. */
export async function ownExpiry(session: VaultSession): Promise<string | undefined> {
  const data = await get(session, "auth/token/lookup-self");
  const expires = data?.["expire_time"];
  return typeof expires === "string" ? expires : undefined;
}

/** The capabilities of this session's token on each path. */
export async function capabilities(
  session: VaultSession,
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const answer = await send(session, {
    method: "POST",
    path: "sys/capabilities-self",
    body: JSON.stringify({ paths }),
  });
  if (answer.status !== 200) throw await refused(session, answer, "update", "sys/capabilities-self");
  const data = dataOf(answer);
  const flat = (answer.body ?? {}) as Data;
  return new Map(
    paths.map((path) => [
      path,
      strings(data[path] ?? flat[path] ?? (paths.length === 1 ? data["capabilities"] : undefined)),
    ]),
  );
}

/** Whether capabilities permit an operation. */
export function permits(granted: readonly string[] | undefined, needed: string): boolean {
  return granted?.some((capability) => capability === "root" || capability === needed) ?? false;
}
