import { randomUUID } from "node:crypto";
import { type Core, MAX_LEASE_SECONDS, type Operation, type Reply } from "./core.js";
import { badRequest, internalError, nothingHere, unsupportedOperation } from "./errors.js";
import { type Fields, fieldsOf } from "./fields.js";
import type { AuthMount, Role, TokenParameters } from "./state.js";
import { effectivePolicies } from "./token-create.js";

const TYPES: readonly TokenParameters["type"][] = ["default", "service", "batch", "default-service", "default-batch"];

function newRole(): Role {
  return {
    roleId: randomUUID(),
    entityId: randomUUID(),
    token: {
      policies: [],
      ttl: 0,
      maxTtl: 0,
      explicitMaxTtl: 0,
      period: 0,
      uses: 0,
      noDefaultPolicy: false,
      type: "default",
    },
    oldPolicies: false,
    bindSecretId: true,
    secretIdTtl: 0,
    secretIdUses: 0,
    secretIds: new Map(),
  };
}

function tokenType(fields: Fields): TokenParameters["type"] {
  const text = fields.string("token_type");
  const type = TYPES.find((candidate) => candidate === (text || "default"));
  if (type === undefined) {
    throw badRequest(`invalid 'token_type' value "${text}"`);
  }
  return type;
}

function tokenChanges(fields: Fields): Partial<TokenParameters> {
  const policies = ["token_policies", "policies"].find((name) => fields.has(name));
  return {
    ...(policies !== undefined && { policies: effectivePolicies(fields.strings(policies), false) }),
    ...(fields.has("token_ttl") && { ttl: fields.seconds("token_ttl") }),
    ...(fields.has("token_max_ttl") && { maxTtl: fields.seconds("token_max_ttl") }),
    ...(fields.has("token_explicit_max_ttl") && { explicitMaxTtl: fields.seconds("token_explicit_max_ttl") }),
    ...(fields.has("token_period") && { period: fields.seconds("token_period") }),
    ...(fields.has("token_num_uses") && { uses: fields.int("token_num_uses") }),
    ...(fields.has("token_no_default_policy") && { noDefaultPolicy: fields.bool("token_no_default_policy") }),
    ...(fields.has("token_type") && { type: tokenType(fields) }),
  };
}

/** A role or secret ID that says less here than it does elsewhere is refused. */
export function refuseBoundAddresses(fields: Fields, names: readonly string[]): void {
  const name = names.find((each) => fields.strings(each).length > 0);
  if (name !== undefined) {
    throw badRequest(`"${name}" is not enforced by phalanx dev-vault, so it is refused`);
  }
}

function write(mount: AuthMount, name: string, fields: Fields): Reply | undefined {
  refuseBoundAddresses(fields, ["secret_id_bound_cidrs", "bound_cidr_list", "token_bound_cidrs"]);
  const present = mount.roles.get(name) ?? newRole();
  const role: Role = {
    ...present,
    token: { ...present.token, ...tokenChanges(fields) },
    ...(fields.has("bind_secret_id") && { bindSecretId: fields.bool("bind_secret_id") }),
    ...(fields.has("secret_id_ttl") && { secretIdTtl: fields.seconds("secret_id_ttl") }),
    ...(fields.has("secret_id_num_uses") && { secretIdUses: fields.int("secret_id_num_uses") }),
    oldPolicies: fields.has("token_policies") ? false : fields.has("policies") || present.oldPolicies,
    roleId: fields.string("role_id") || present.roleId,
  };
  if ([...mount.roles].some(([other, { roleId }]) => other !== name && roleId === role.roleId)) {
    throw internalError("role_id already in use");
  }
  if (role.token.maxTtl > 0 && role.token.ttl > role.token.maxTtl) {
    throw badRequest("'token_ttl' cannot be greater than 'token_max_ttl'");
  }
  if (!role.bindSecretId) {
    throw internalError("at least one constraint should be enabled on the role");
  }
  mount.roles.set(name, role);
  return role.token.maxTtl > MAX_LEASE_SECONDS
    ? {
        warnings: [
          "token_max_ttl is greater than the backend mount's maximum TTL value; issued tokens' max TTL value will be " +
            "truncated",
        ],
      }
    : undefined;
}

function read(role: Role): Reply {
  const { token } = role;
  return {
    data: {
      bind_secret_id: role.bindSecretId,
      local_secret_ids: false,
      ...(role.oldPolicies && { policies: token.policies }),
      secret_id_bound_cidrs: null,
      secret_id_num_uses: role.secretIdUses,
      secret_id_ttl: role.secretIdTtl,
      token_bound_cidrs: [],
      token_explicit_max_ttl: token.explicitMaxTtl,
      token_max_ttl: token.maxTtl,
      token_no_default_policy: token.noDefaultPolicy,
      token_num_uses: token.uses,
      token_period: token.period,
      token_policies: token.policies,
      token_strictly_bind_ip: false,
      token_ttl: token.ttl,
      token_type: token.type,
    },
  };
}

/** `role/NAME`. */
export function approleRole(_: Core, mount: AuthMount, name: string, operation: Operation): Reply | undefined {
  const role = mount.roles.get(name);
  switch (operation.kind) {
    case "read":
      if (role === undefined) {
        throw nothingHere();
      }
      return read(role);
    case "create":
    case "update":
      return write(mount, name, fieldsOf(operation.data));
    case "delete":
      mount.roles.delete(name);
      return undefined;
    case "patch":
    case "list":
    default:
      throw unsupportedOperation();
  }
}
