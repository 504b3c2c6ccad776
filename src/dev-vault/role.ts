import { randomUUID } from "node:crypto";
import type { AuthMount } from "./core.js";
import { type Fields, unset, type Values } from "./fields.js";
import type { Reply } from "./operation.js";
import { badRequest, listed, notEnforced, Refusal } from "./refusal.js";
import { effectivePolicies } from "./token-create.js";

const SETTINGS = {
  secret_id_num_uses: "int",
  secret_id_ttl: "seconds",
  token_explicit_max_ttl: "seconds",
  token_max_ttl: "seconds",
  token_no_default_policy: "bool",
  token_num_uses: "int",
  token_policies: "strings",
  token_ttl: "seconds",
  token_type: "string",
} as const;

/** Further restrictions that a real server can put on a role's tokens and SecretIDs: shown as not set. */
const NOT_ENFORCED = {
  bind_secret_id: true,
  local_secret_ids: false,
  secret_id_bound_cidrs: null,
  token_bound_cidrs: [],
  token_period: 0,
  token_strictly_bind_ip: false,
};

export interface SecretId {
  readonly id: string;
  readonly accessor: string;
  readonly expires: number | null;
  /** 0: unlimited. */
  uses: number;
}

/** An AppRole; its settings are named as in the API. */
export interface Role {
  readonly roleId: string;
  readonly entityId: string;
  readonly settings: Values<typeof SETTINGS>;
  /** By accessor. */
  readonly secretIds: Map<string, SecretId>;
}

export function writeRole({ roles }: AuthMount, name: string, fields: Fields): undefined {
  refuseWhatIsNotEnforced(fields);
  const present = roles.get(name);
  // The old name of the policies.
  const old = fields.has("policies") ? { token_policies: fields.get("policies", "strings") } : {};
  const settings = { ...(present?.settings ?? unset(SETTINGS)), ...old, ...fields.given(SETTINGS) };
  if (settings.token_max_ttl > 0 && settings.token_ttl > settings.token_max_ttl) {
    throw badRequest("'token_ttl' cannot be greater than 'token_max_ttl'");
  }
  settings.token_policies = effectivePolicies(settings.token_policies, false);
  settings.token_type ||= "default";
  const { roleId, ...role } = present ?? { roleId: randomUUID(), entityId: randomUUID(), secretIds: new Map() };
  roles.set(name, { ...role, settings, roleId: newRoleId(roles, name, fields) || roleId });
}

export function writeRoleId({ roles }: AuthMount, name: string, fields: Fields): undefined {
  const roleId = newRoleId(roles, name, fields);
  const role = roles.get(name);
  if (roleId === "") throw badRequest("missing role_id");
  if (role !== undefined) roles.set(name, { ...role, roleId });
}

/** The RoleID chosen by a request; empty for none. */
function newRoleId(roles: ReadonlyMap<string, Role>, name: string, fields: Fields): string {
  const roleId = fields.get("role_id", "string");
  const isTaken = [...roles].some(([other, role]) => other !== name && role.roleId === roleId);
  if (isTaken) throw new Refusal(500, [listed("role_id already in use")]);
  return roleId;
}

export function roleReply({ settings }: Role): Reply {
  return { data: { ...NOT_ENFORCED, ...settings } };
}

/** Refuses a role or SecretID that would allow more here than on a real server. */
export function refuseWhatIsNotEnforced(fields: Fields): void {
  const bound = ["secret_id_bound_cidrs", "bound_cidr_list", "token_bound_cidrs", "cidr_list"];
  const name = bound.find((each) => fields.get(each, "strings").length > 0);
  if (name !== undefined) throw notEnforced(name);
  if (fields.get("token_period", "seconds") > 0) throw notEnforced("token_period");
  if (fields.get("token_type", "string").endsWith("batch")) throw notEnforced("token_type");
  if (fields.has("bind_secret_id") && !fields.get("bind_secret_id", "bool")) throw notEnforced("bind_secret_id");
}
