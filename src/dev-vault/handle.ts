import { type Acl, capabilitiesAt } from "./acl.js";
import { approle, approleLogin } from "./approle.js";
import { aclOf, type Authorized, type Core, type Operation, type Reply } from "./core.js";
import { deniedByPolicy, noValidToken, Refusal, unsupportedPath } from "./errors.js";
import { existsInKvV2, kvV2 } from "./kv.js";
import { kvV1 } from "./kv-v1.js";
import { mountOf } from "./mount-table.js";
import type { Token } from "./state.js";
import { sys } from "./sys.js";
import { visibleMounts } from "./sys-mounts.js";
import { tokenApi } from "./token-api.js";
import { findToken, revokeTree } from "./tokens.js";

// Vault asks for `sudo` on these besides the capability of the operation itself.
const ROOT_PATHS = /^(?:sys\/auth\/.|sys\/seal$|auth\/token\/accessors\/?$)/;
const UI_MOUNTS = "sys/internal/ui/mounts";
// Any valid token may ask for these, and it costs none of its uses; what it gets depends on its policies.
const ANY_TOKEN = /^sys\/internal\/ui\/mounts(?:\/|$)/;

/** A create is a write to a path where nothing is yet, for the engines that know the difference. */
function withExistence(core: Core, operation: Operation): Operation {
  if (operation.kind !== "update") {
    return operation;
  }
  const [mountPath, mount] = mountOf(core.state.mounts, `${operation.path}/`) ?? [];
  if (mount !== undefined && mountPath !== undefined) {
    const rest = operation.path.slice(mountPath.length);
    const exists = mount.version === "1" ? mount.values.has(rest) : existsInKvV2(mount, rest);
    return exists ? operation : { ...operation, kind: "create" };
  }
  if (operation.path.startsWith("auth/")) {
    const [path, auth] = mountOf(core.state.auth, operation.path.slice("auth/".length)) ?? [];
    const role = /^role\/([^/]+)$/.exec(operation.path.slice(`auth/${path ?? ""}`.length))?.[1];
    if (auth !== undefined && role !== undefined && !auth.roles.has(role.toLowerCase())) {
      return { ...operation, kind: "create" };
    }
  }
  return operation;
}

function authorize(acl: Acl, operation: Operation): void {
  if (acl.root || ANY_TOKEN.test(operation.path)) {
    return;
  }
  const allowed = capabilitiesAt(acl, operation.path, operation.kind === "list");
  if (!allowed.has(operation.kind) || (ROOT_PATHS.test(operation.path) && !allowed.has("sudo"))) {
    throw deniedByPolicy();
  }
}

function route(core: Core, operation: Authorized): Reply | undefined {
  const { path } = operation;
  const rooted = path.endsWith("/") ? path : `${path}/`;
  if (rooted.startsWith("sys/")) {
    return sys(core, path.slice("sys/".length), operation);
  }
  if (rooted.startsWith("auth/token/")) {
    return tokenApi(core, path.slice("auth/token/".length), operation);
  }
  if (rooted.startsWith("auth/")) {
    const [mountPath, auth] = mountOf(core.state.auth, rooted.slice("auth/".length)) ?? [];
    if (auth !== undefined && mountPath !== undefined) {
      return approle(core, auth, path.slice("auth/".length + mountPath.length), operation);
    }
  } else {
    const [mountPath, mount] = mountOf(core.state.mounts, rooted) ?? [];
    if (mount !== undefined && mountPath !== undefined) {
      const rest = path.slice(mountPath.length);
      return mount.version === "1" ? kvV1(mount, rest, operation) : kvV2(core, mount, rest, operation);
    }
    if (/^(?:cubbyhole|identity)\//.test(rooted)) {
      throw unsupportedPath();
    }
  }
  throw new Refusal(404, [`no handler for route "${path}". route entry not found.`]);
}

function withoutToken(core: Core, operation: Operation): Reply | undefined {
  if (operation.path.startsWith("auth/") && operation.path.endsWith("/login")) {
    const [mountPath, auth] = mountOf(core.state.auth, operation.path.slice("auth/".length)) ?? [];
    if (auth !== undefined && operation.path === `auth/${mountPath}login` && mountPath !== undefined) {
      return approleLogin(core, auth, mountPath, operation);
    }
  }
  return undefined;
}

function spend(token: Token): void {
  if (token.uses > 0) {
    token.uses = token.uses === 1 ? -1 : token.uses - 1;
  }
}

/** Does what a request asks for, if its token may. */
export function handle(core: Core, asked: Operation, tokenId: string | undefined): Reply | undefined {
  const open = withoutToken(core, asked);
  if (open !== undefined) {
    return open;
  }
  if (tokenId === undefined && asked.path === UI_MOUNTS && asked.kind === "read") {
    return visibleMounts(core, undefined);
  }
  const token = tokenId === undefined ? undefined : findToken(core, tokenId);
  if (token === undefined || token.uses < 0) {
    throw noValidToken();
  }
  if (!ANY_TOKEN.test(asked.path)) {
    spend(token);
  }
  try {
    const operation = withExistence(core, asked);
    const acl = aclOf(core, token.policies);
    authorize(acl, operation);
    return route(core, { ...operation, token, acl });
  } finally {
    if (token.uses < 0) {
      revokeTree(core, token.id);
    }
  }
}
