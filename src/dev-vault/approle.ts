import { approleRole } from "./approle-role.js";
import { type Core, isWrite, type Operation, type Reply } from "./core.js";
import { badRequest, internalError, nothingHere, Refusal, unsupportedOperation, unsupportedPath } from "./errors.js";
import { fieldsOf } from "./fields.js";
import { listReply, namesBelow } from "./kv-list.js";
import { lease } from "./lease.js";
import { accessorCommand, createSecretId, findSecretId, liveSecretIds, secretIdCommand } from "./secret-ids.js";
import type { AuthMount, Role } from "./state.js";
import { effectivePolicies } from "./token-create.js";
import { authData, createToken } from "./tokens.js";

/** `login`: a role ID and a secret ID for a token. It needs no token itself. */
export function approleLogin(core: Core, mount: AuthMount, mountPath: string, operation: Operation): Reply {
  const fields = fieldsOf(operation.data, true);
  const roleId = fields.string("role_id");
  const id = fields.string("secret_id");
  if (roleId === "") {
    throw new Refusal(500, ["missing role_id"]);
  }
  const [name, role] = [...mount.roles].find(([, candidate]) => candidate.roleId === roleId) ?? [];
  if (name === undefined || role === undefined) {
    throw badRequest("invalid role or secret ID");
  }
  if (id === "") {
    throw badRequest("missing secret_id");
  }
  const secretId = findSecretId(core, role, id);
  if (secretId === undefined) {
    throw badRequest("invalid role or secret ID");
  }
  const now = core.now();
  if (secretId.uses === 1) {
    role.secretIds.delete(secretId.accessor);
  } else if (secretId.uses > 1) {
    secretId.uses -= 1;
    secretId.updated = now;
  }
  const { ttl, period, maxTtl, explicitMaxTtl, policies, noDefaultPolicy, uses } = role.token;
  const type = role.token.type === "batch" || role.token.type === "default-batch" ? "batch" : "service";
  const life = lease({ ttl, period, maxTtl, explicitMaxTtl, created: now, now });
  const granted = effectivePolicies(policies, !noDefaultPolicy);
  if (granted.includes("root")) throw badRequest("auth methods cannot create root tokens");
  const token = createToken(core, {
    policies: granted,
    parent: null,
    path: `auth/${mountPath}login`,
    displayName: mountPath.slice(0, -1).replaceAll("/", "-"),
    entityId: role.entityId,
    meta: { ...secretId.metadata, role_name: name },
    type,
    renewable: type === "service",
    creationTtl: life.seconds,
    explicitMaxTtl,
    maxTtl,
    period,
    uses,
  });
  return { auth: authData(token, life.seconds), warnings: life.warnings };
}

function roleId(mount: AuthMount, name: string, role: Role | undefined, operation: Operation): Reply | undefined {
  if (operation.kind === "read") {
    if (role === undefined) {
      throw nothingHere();
    }
    return { data: { role_id: role.roleId } };
  }
  if (!isWrite(operation.kind)) {
    throw unsupportedOperation();
  }
  const id = fieldsOf(operation.data, true).string("role_id");
  if (role === undefined) {
    throw unsupportedPath();
  }
  if (id === "") {
    throw badRequest("missing role_id");
  }
  if ([...mount.roles].some(([other, candidate]) => other !== name && candidate.roleId === id)) {
    throw internalError("role_id already in use");
  }
  role.roleId = id;
  return undefined;
}

function secretIds(core: Core, name: string, role: Role | undefined, operation: Operation): Reply {
  const isList = operation.kind === "list";
  if (!isList && !isWrite(operation.kind)) {
    throw unsupportedOperation();
  }
  if (role === undefined) {
    throw new Refusal(isList ? 400 : 404, [`role "${name}" does not exist`]);
  }
  return isList
    ? listReply(
        liveSecretIds(core, role)
          .map(({ accessor }) => accessor)
          .sort(),
        operation.data,
      )
    : createSecretId(core, role, operation, false);
}

/** The AppRole engine; `rest` is the path below its mount. */
export function approle(core: Core, mount: AuthMount, rest: string, operation: Operation): Reply | undefined {
  if (rest === "role/" || rest === "role") {
    if (operation.kind !== "list") {
      throw unsupportedOperation();
    }
    return listReply(namesBelow(mount.roles.keys(), ""), operation.data);
  }
  const [, rawName = "", what] = /^role\/([^/]+)(?:\/(.+?))?\/?$/.exec(rest) ?? [];
  const name = rawName.toLowerCase();
  if (name === "") {
    throw unsupportedPath();
  }
  const role = mount.roles.get(name);
  switch (what) {
    case undefined:
      return approleRole(core, mount, name, operation);
    case "role-id":
      return roleId(mount, name, role, operation);
    case "secret-id":
      return secretIds(core, name, role, operation);
    case "custom-secret-id":
    case "secret-id/lookup":
    case "secret-id/destroy":
    case "secret-id-accessor/lookup":
    case "secret-id-accessor/destroy": {
      const [list, command] = what.split("/");
      if (!isWrite(operation.kind) && !(operation.kind === "delete" && command === "destroy")) {
        throw unsupportedOperation();
      }
      if (role === undefined) {
        throw new Refusal(404, [`role "${name}" does not exist`]);
      }
      if (command === undefined) {
        return createSecretId(core, role, operation, true);
      }
      return (list === "secret-id" ? secretIdCommand : accessorCommand)(core, role, command, operation);
    }
    default:
      throw unsupportedPath();
  }
}
