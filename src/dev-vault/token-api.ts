import { capabilitiesAt } from "./acl.js";
import type { Authorized, Core, OperationKind, Reply } from "./core.js";
import { badRequest, listed, Refusal, unsupportedOperation, unsupportedPath } from "./errors.js";
import { fieldsOf } from "./fields.js";
import { listReply } from "./kv-list.js";
import { lease } from "./lease.js";
import type { Token } from "./state.js";
import { tokenCreate } from "./token-create.js";
import { authData, findByAccessor, findToken, lookupData, revokeAndOrphan, revokeTree } from "./tokens.js";

type Handler = (core: Core, operation: Authorized) => Reply | undefined;

function byAccessor(core: Core, operation: Authorized): Token {
  const accessor = fieldsOf(operation.data, true).string("accessor");
  const token = findByAccessor(core, accessor);
  if (token === undefined) {
    throw badRequest(listed(accessor === "" ? "missing accessor" : "invalid accessor"));
  }
  return token;
}

function tokenField(operation: Authorized): string {
  return fieldsOf(operation.data, true).string("token");
}

function lookup(core: Core, operation: Authorized): Reply {
  const id = tokenField(operation);
  const token = id === "" ? operation.token : findToken(core, id);
  if (token === undefined) {
    throw new Refusal(403, ["bad token"]);
  }
  return { data: lookupData(token, core.now()) };
}

function renew(core: Core, operation: Authorized, token: Token | undefined): Reply {
  const increment = fieldsOf(operation.data, true).seconds("increment");
  if (token === undefined) {
    throw badRequest("token not found");
  }
  if (!token.renewable) {
    throw badRequest("lease is not renewable");
  }
  const now = core.now();
  const ttl = increment > 0 ? increment : token.leaseTtl;
  const { period, maxTtl, explicitMaxTtl, created } = token;
  const { seconds, warnings } = lease({ ttl, period, maxTtl, explicitMaxTtl, created, now });
  token.expires = now + seconds * 1000;
  token.renewed = now;
  token.leaseTtl = seconds;
  return { auth: authData(token, seconds), warnings };
}

function revoke(core: Core, operation: Authorized): undefined {
  const id = tokenField(operation);
  if (id === "") {
    throw badRequest("missing token ID");
  }
  revokeTree(core, id);
  return undefined;
}

function revokeOrphan(core: Core, operation: Authorized): undefined {
  const id = tokenField(operation);
  if (id === "") {
    throw badRequest("missing token ID");
  }
  if (!operation.acl.root && !capabilitiesAt(operation.acl, operation.path, false).has("sudo")) {
    throw badRequest("root or sudo privileges required to revoke and orphan");
  }
  if (findToken(core, id) === undefined) {
    throw badRequest("token to revoke not found");
  }
  revokeAndOrphan(core, id);
  return undefined;
}

function revokeAccessor(core: Core, operation: Authorized): Reply | undefined {
  const accessor = fieldsOf(operation.data, true).string("accessor");
  if (accessor === "") {
    throw badRequest(listed("missing accessor"));
  }
  const token = findByAccessor(core, accessor);
  if (token === undefined) {
    return { warnings: ["No token found with this accessor"] };
  }
  revokeTree(core, token.id);
  return undefined;
}

function accessors(core: Core, operation: Authorized): Reply {
  const tokens = [...core.state.tokens.keys()].map((id) => findToken(core, id));
  const names = tokens.map((token) => token?.accessor ?? "").filter((accessor) => accessor !== "");
  return listReply(names, operation.data);
}

function revokeSelf(core: Core, operation: Authorized): undefined {
  revokeTree(core, operation.token.id);
  return undefined;
}

const READ_OR_UPDATE: readonly OperationKind[] = ["read", "update"];
const UPDATE: readonly OperationKind[] = ["update"];

const ROUTES = new Map<string, readonly [readonly OperationKind[], Handler]>([
  ["create", [UPDATE, (core, operation) => tokenCreate(core, operation, false)]],
  ["create-orphan", [UPDATE, (core, operation) => tokenCreate(core, operation, true)]],
  ["lookup-self", [READ_OR_UPDATE, (core, operation) => ({ data: lookupData(operation.token, core.now()) })]],
  ["lookup", [READ_OR_UPDATE, lookup]],
  [
    "lookup-accessor",
    [UPDATE, (core, operation) => ({ data: { ...lookupData(byAccessor(core, operation), core.now()), id: "" } })],
  ],
  ["renew-self", [UPDATE, (core, operation) => renew(core, operation, operation.token)]],
  [
    "renew",
    [UPDATE, (core, operation) => renew(core, operation, findToken(core, tokenField(operation) || operation.token.id))],
  ],
  ["renew-accessor", [UPDATE, (core, operation) => renew(core, operation, byAccessor(core, operation))]],
  ["revoke-self", [UPDATE, revokeSelf]],
  ["revoke", [UPDATE, revoke]],
  ["revoke-accessor", [UPDATE, revokeAccessor]],
  ["revoke-orphan", [UPDATE, revokeOrphan]],
  ["accessors/", [["list"], accessors]],
]);

/** `auth/token/...`. */
export function tokenApi(core: Core, rest: string, operation: Authorized): Reply | undefined {
  const route = ROUTES.get(rest) ?? ROUTES.get(`${rest}/`);
  if (route === undefined) {
    throw unsupportedPath();
  }
  const [kinds, handler] = route;
  if (!kinds.includes(operation.kind)) {
    throw unsupportedOperation();
  }
  return handler(core, operation);
}
