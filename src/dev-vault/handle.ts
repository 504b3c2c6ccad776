import { type Acl, capabilitiesAt } from "./acl.js";
import { APPROLE_ROUTES, approleLogin } from "./approle.js";
import { aclOf, type AuthMount, type Core, mountOf, type Token } from "./core.js";
import { existsInKv, kvV1, kvV2 } from "./kv.js";
import { type Authorized, follow, type Operation, type Reply } from "./operation.js";
import { deniedByPolicy, noValidToken, Refusal } from "./refusal.js";
import { SYS_ROUTES } from "./sys.js";
import { TOKEN_ROUTES } from "./token-api.js";
import { findToken, revokeTree } from "./tokens.js";

// For these, Vault requires `sudo` in addition to the operation's own capability.
const ROOT_PATHS = /^(?:sys\/auth\/.|sys\/seal$|auth\/token\/accessors\/?$)/;
// Any valid token may read these, without spending one of its uses; the result depends on its policies.
const ANY_TOKEN = /^sys\/internal\/ui\/mounts\//;

/** Performs a request, if its token may. */
export function handle(core: Core, asked: Operation, tokenId: string | undefined): Reply | undefined {
  const { mount, name, rest } = authAt(core, asked.path) ?? {};
  if (mount !== undefined && rest === "login") return approleLogin({ core, mount }, name ?? "", asked.fields);
  const token = tokenId === undefined ? undefined : findToken(core, tokenId);
  if (token === undefined || token.uses < 0) throw noValidToken();
  if (!ANY_TOKEN.test(asked.path)) spend(token);
  try {
    const operation = withExistence(core, asked);
    const acl = aclOf(core, token.policies);
    authorize(acl, operation);
    return route(core, { ...operation, token, acl });
  } finally {
    if (token.uses < 0) revokeTree(core, token.id);
  }
}

/** The auth method that contains a path; none for `auth/token`. */
function authAt(core: Core, path: string): { mount: AuthMount; name: string; rest: string } | undefined {
  const below = path.startsWith("auth/") ? path.slice("auth/".length) : "";
  const [name, mount] = mountOf(core.auth, below) ?? ["", undefined];
  return mount && { mount, name, rest: below.slice(name.length) };
}

function spend(token: Token): void {
  if (token.uses > 0) token.uses = token.uses === 1 ? -1 : token.uses - 1;
}

/** A create is a write to a path where nothing exists yet, for the engines that distinguish the two. */
function withExistence(core: Core, operation: Operation): Operation {
  return operation.kind === "update" && !exists(core, operation.path) ? { ...operation, kind: "create" } : operation;
}

function exists(core: Core, path: string): boolean {
  const [prefix = "", mount] = mountOf(core.mounts, `${path}/`) ?? [];
  if (mount !== undefined) return existsInKv(mount, path.slice(prefix.length));
  const auth = authAt(core, path);
  const role = /^role\/([^/]+)$/.exec(auth?.rest ?? "")?.[1];
  return auth === undefined || role === undefined || auth.mount.roles.has(role.toLowerCase());
}

function authorize(acl: Acl, operation: Operation): void {
  if (acl.root || ANY_TOKEN.test(operation.path)) return;
  const allowed = capabilitiesAt(acl, operation.path, operation.kind === "list");
  if (!allowed.has(operation.kind) || (ROOT_PATHS.test(operation.path) && !allowed.has("sudo"))) throw deniedByPolicy();
}

function route(core: Core, operation: Authorized): Reply | undefined {
  const { path } = operation;
  if (path.startsWith("sys/")) return follow(SYS_ROUTES, core, path.slice("sys/".length), operation);
  if (path.startsWith("auth/token/")) return follow(TOKEN_ROUTES, core, path.slice("auth/token/".length), operation);
  const auth = authAt(core, path);
  if (auth !== undefined) return follow(APPROLE_ROUTES, { core, mount: auth.mount }, auth.rest, operation);
  const [prefix = "", mount] = mountOf(core.mounts, `${path}/`) ?? [];
  if (mount === undefined) throw new Refusal(404, [`no handler for route "${path}". route entry not found.`]);
  const rest = path.slice(prefix.length);
  return mount.version === "1" ? kvV1(mount, rest, operation) : kvV2(core, mount, rest, operation);
}
