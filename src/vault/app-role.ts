import { isDeepStrictEqual } from "node:util";
import { SecretValue } from "../model/secret-value.js";
import { change, get, NotEnabled, notMade, shownPath } from "./administration.js";
import { fieldsOf } from "./answer-fields.js";
import { apiPath, type VaultSession } from "./protocol.js";

/** What this program sets or reads of a role. */
export interface RoleSettings {
  readonly policies: readonly string[];
  /** Seconds. */
  readonly tokenTtl: number;
  readonly tokenMaxTtl: number;
}

/** An AppRole's settings; undefined if there is none of that name. */
export async function getRole(session: VaultSession, name: string): Promise<RoleSettings | undefined> {
  const data = await get(session, apiPath("auth/approle/role", name));
  if (data === undefined) return undefined;
  return {
    policies: data.stringsOrNull("token_policies"),
    tokenTtl: data.number("token_ttl"),
    tokenMaxTtl: data.number("token_max_ttl"),
  };
}

/** The same; where AppRole is not enabled, there is no role. */
export async function getRoleIfEnabled(session: VaultSession, name: string): Promise<RoleSettings | undefined> {
  return getRole(session, name).catch((error: unknown) => {
    if (error instanceof NotEnabled) return undefined;
    throw error;
  });
}

/** @param lifetime Seconds; undefined keeps what the role has. */
export async function putRole(
  session: VaultSession,
  name: string,
  policies: readonly string[],
  lifetime: number | undefined,
): Promise<void> {
  const limits = lifetime === undefined ? {} : { token_ttl: lifetime, token_max_ttl: lifetime };
  await change(session, {
    path: apiPath("auth/approle/role", name),
    body: { token_policies: policies, token_type: "service", ...limits },
    what: { kind: "app-role-written", name },
    look: async () => {
      const role = await getRole(session, name);
      const limited = lifetime === undefined || (role?.tokenTtl === lifetime && role.tokenMaxTtl === lifetime);
      return role !== undefined && limited && isDeepStrictEqual(role.policies, policies);
    },
  });
}

/** The RoleID of an AppRole; undefined if there is no such role. */
export async function getRoleId(session: VaultSession, name: string): Promise<string | undefined> {
  const roleId = (await get(session, apiPath("auth/approle/role", name, "role-id")))?.text("role_id");
  if (roleId === "") throw notMade(session, { fault: "missing", credential: "RoleID" });
  return roleId;
}

/** Accessors of a role's SecretIDs. For a role without any, Vault responds with 404. */
export async function listSecretIds(session: VaultSession, name: string): Promise<string[]> {
  const path = `${apiPath("auth/approle/role", name, "secret-id")}?list=true`;
  return (await get(session, path, "list"))?.strings("keys") ?? [];
}

/** Creates a SecretID; `ttl` is in seconds, 0 for unlimited, if the server reports it. */
export async function createSecretId(
  session: VaultSession,
  name: string,
): Promise<{ secretId: SecretValue; accessor: string; ttl: number | undefined }> {
  const path = apiPath("auth/approle/role", name, "secret-id");
  const answer = await change(session, { path, body: {}, what: { kind: "secret-id-created" } });
  const data = fieldsOf(session, shownPath(path), answer, "data");
  const [secretId, accessor] = [data.text("secret_id"), data.text("secret_id_accessor")];
  if (secretId === "" || accessor === "") throw notMade(session, { fault: "missing", credential: "SecretID" });
  const { data: more } = answer.body as { data: { secret_id_ttl?: unknown } };
  const ttl = typeof more.secret_id_ttl === "number" ? more.secret_id_ttl : undefined;
  return { secretId: new SecretValue(secretId), accessor, ttl };
}

export async function destroySecretId(session: VaultSession, name: string, accessor: string): Promise<void> {
  await change(session, {
    path: apiPath("auth/approle/role", name, "secret-id-accessor/destroy"),
    body: { secret_id_accessor: accessor },
    what: { kind: "secret-id-destroyed" },
    look: async () => !(await listSecretIds(session, name)).includes(accessor),
  });
}
