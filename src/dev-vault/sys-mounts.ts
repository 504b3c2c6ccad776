import { type Acl, hasMountAccess } from "./acl.js";
import { type Core, isWrite, type Operation, type Reply } from "./core.js";
import { badRequest, Refusal, unsupportedOperation, unsupportedPath } from "./errors.js";
import { asString, fieldsOf } from "./fields.js";
import { changeVersion } from "./kv-upgrade.js";
import { authMounts, mountOf, secretMounts, tuneData } from "./mount-table.js";
import { newKvMount, newMounted } from "./state.js";
import { revokeTree } from "./tokens.js";

function refuseTakenPath(table: ReadonlyMap<string, unknown>, path: string): void {
  const taken = mountOf(table, path)?.[0] ?? [...table.keys()].find((other) => other.startsWith(path));
  if (taken !== undefined) {
    throw badRequest(`path is already in use at ${taken}`);
  }
}

function typeOf(operation: Operation): string {
  const type = fieldsOf(operation.data, true).string("type");
  if (type === "") {
    throw badRequest("backend type must be specified as a string");
  }
  return type;
}

function mountSecrets(core: Core, path: string, operation: Operation): undefined {
  const fields = fieldsOf(operation.data, true);
  const type = typeOf(operation);
  const given = asString(fields.object("options")["version"] ?? null) ?? "";
  const version = type === "kv-v2" ? "2" : given || "1";
  if (/^(?:sys|auth|cubbyhole|identity)\//.test(path)) {
    throw badRequest(`cannot mount "${path}"`);
  }
  if (!["kv", "kv-v1", "kv-v2"].includes(type)) {
    throw badRequest(`plugin not found in the catalog: ${type}`);
  }
  if (version !== "1" && version !== "2") {
    throw badRequest(`invalid version: ${version}`);
  }
  refuseTakenPath(core.state.mounts, path);
  core.state.mounts.set(path, newKvMount(version, fields.string("description"), given !== "" || type !== "kv"));
  return undefined;
}

function mountAuth(core: Core, path: string, operation: Operation): undefined {
  const type = typeOf(operation);
  if (type !== "approle") {
    throw badRequest(`plugin not found in the catalog: ${type}`);
  }
  refuseTakenPath(new Map<string, unknown>([...core.state.auth, ["token/", null]]), path);
  const description = fieldsOf(operation.data, true).string("description");
  core.state.auth.set(path, { ...newMounted("auth_approle", description), roles: new Map() });
  return undefined;
}

function unmountAuth(core: Core, path: string): undefined {
  core.state.auth.delete(path);
  for (const token of core.state.tokens.values()) {
    if (token.path === `auth/${path}login`) {
      revokeTree(core, token.id);
    }
  }
  return undefined;
}

function tune(core: Core, isAuth: boolean, path: string, operation: Operation): Reply | undefined {
  const secrets = isAuth ? undefined : core.state.mounts.get(path);
  const mount = isAuth ? core.state.auth.get(path) : secrets;
  if (mount === undefined) {
    throw badRequest(isAuth ? `No auth engine at ${path}` : `No secret engine mount at ${path}`);
  }
  if (operation.kind === "read") {
    return { flat: true, data: tuneData(mount.description, secrets) };
  }
  if (!isWrite(operation.kind)) {
    throw unsupportedOperation();
  }
  const fields = fieldsOf(operation.data, true);
  if (fields.has("description")) {
    mount.description = fields.string("description");
  }
  const version = asString(fields.object("options")["version"] ?? null);
  return secrets === undefined || version === undefined ? undefined : changeVersion(core, path, secrets, version);
}

/** `sys/mounts/...` and, with `isAuth`, `sys/auth/...`. */
export function sysMounts(core: Core, rest: string, operation: Operation, isAuth: boolean): Reply | undefined {
  if (operation.kind === "list") {
    throw unsupportedPath();
  }
  const name = rest.replace(/(?<!\/)\/+$/, "");
  if (name === "") {
    if (operation.kind !== "read") {
      throw unsupportedOperation();
    }
    return { flat: true, data: isAuth ? authMounts(core) : secretMounts(core) };
  }
  if (name.endsWith("/tune")) {
    return tune(core, isAuth, name.slice(0, -"tune".length), operation);
  }
  const path = `${name}/`;
  switch (operation.kind) {
    case "read": {
      const data = (isAuth ? authMounts(core) : secretMounts(core))[path];
      if (data === undefined) {
        throw badRequest(isAuth ? `No auth engine at ${path}` : `No secret engine mount at ${path}`);
      }
      return { flat: true, data };
    }
    case "create":
    case "update":
      return isAuth ? mountAuth(core, path, operation) : mountSecrets(core, path, operation);
    case "delete":
      if (isAuth) {
        return unmountAuth(core, path);
      }
      core.state.mounts.delete(path);
      return undefined;
    case "patch":
    default:
      throw unsupportedOperation();
  }
}

/** `sys/internal/ui/mounts/PATH`: which engine is at a path, for any token that can do something there. */
export function mountAt(core: Core, acl: Acl, rest: string): Reply {
  const path = `${rest.replace(/(?<!\/)\/+$/, "")}/`;
  const prefix = path.startsWith("auth/") ? "auth/" : "";
  const table = prefix === "" ? secretMounts(core) : authMounts(core);
  const [found, description] = mountOf(new Map(Object.entries(table)), path.slice(prefix.length)) ?? [];
  if (found === undefined || !hasMountAccess(acl, `${prefix}${found}`)) {
    const advice = "please ensure client's policies grant access to path";
    throw new Refusal(403, [`preflight capability check returned 403, ${advice} "${path}"`]);
  }
  return { data: { ...description, path: found } };
}

/** `sys/internal/ui/mounts`: the engines that a token can do something with; none without a token. */
export function visibleMounts(core: Core, acl: Acl | undefined): Reply {
  const visible = (mounts: Record<string, unknown>, prefix: string) =>
    Object.fromEntries(
      Object.entries(mounts).filter(([path]) => acl !== undefined && hasMountAccess(acl, `${prefix}${path}`)),
    ) as Record<string, unknown>;
  return { data: { auth: visible(authMounts(core), "auth/"), secret: visible(secretMounts(core), "") } };
}
