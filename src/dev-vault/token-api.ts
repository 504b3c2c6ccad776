import type { Core, Token } from "./core.js";
import { listReply } from "./list-reply.js";
import type { Authorized, Reply, Routes } from "./operation.js";
import { badRequest, listed, Refusal } from "./refusal.js";
import { tokenCreate } from "./token-create.js";
import { findByAccessor, findToken, lookupData, renewToken, revokeTree } from "./tokens.js";

function byAccessor(core: Core, { fields }: Authorized): Token {
  const accessor = fields.get("accessor", "string");
  const token = findByAccessor(core, accessor);
  if (token === undefined) throw badRequest(listed(accessor === "" ? "missing accessor" : "invalid accessor"));
  return token;
}

/** The token that a request names; by default its own. */
function named(core: Core, { fields, token }: Authorized): Token | undefined {
  const id = fields.get("token", "string");
  return id === "" ? token : findToken(core, id);
}

function lookup(core: Core, operation: Authorized): Reply {
  const token = named(core, operation);
  if (token === undefined) throw new Refusal(403, ["bad token"]);
  return { data: lookupData(token, core.now()) };
}

function renew(core: Core, { fields }: Authorized, token: Token | undefined): Reply {
  if (token === undefined) throw badRequest("token not found");
  return renewToken(core, token, fields.get("increment", "seconds"));
}

function revoke(core: Core, { fields }: Authorized): undefined {
  const id = fields.get("token", "string");
  if (id === "") throw badRequest("missing token ID");
  revokeTree(core, id);
}

function revokeAccessor(core: Core, { fields }: Authorized): Reply | undefined {
  const accessor = fields.get("accessor", "string");
  if (accessor === "") throw badRequest(listed("missing accessor"));
  const token = findByAccessor(core, accessor);
  if (token === undefined) return { warnings: ["No token found with this accessor"] };
  revokeTree(core, token.id);
  return undefined;
}

function accessors(core: Core): Reply {
  const tokens = [...core.tokens.keys()].map((id) => findToken(core, id));
  return listReply(tokens.flatMap((token) => token?.accessor ?? []));
}

function lookupSelf(core: Core, { token }: Authorized): Reply {
  return { data: lookupData(token, core.now()) };
}

/** `auth/token/...`. */
export const TOKEN_ROUTES: Routes<Core> = [
  [/^create(?:-orphan)?$/, { update: tokenCreate }],
  [/^lookup-self$/, { read: lookupSelf, update: lookupSelf }],
  [/^lookup$/, { read: lookup, update: lookup }],
  [
    /^lookup-accessor$/,
    { update: (core, operation) => ({ data: { ...lookupData(byAccessor(core, operation), core.now()), id: "" } }) },
  ],
  [/^renew-self$/, { update: (core, operation) => renew(core, operation, operation.token) }],
  [/^renew$/, { update: (core, operation) => renew(core, operation, named(core, operation)) }],
  [/^renew-accessor$/, { update: (core, operation) => renew(core, operation, byAccessor(core, operation)) }],
  [/^revoke-self$/, { update: (core, { token }) => revokeTree(core, token.id) }],
  [/^revoke$/, { update: revoke }],
  [/^revoke-accessor$/, { update: revokeAccessor }],
  [/^accessors\/?$/, { list: accessors }],
];
