import { type Acl, capabilitiesAt } from "./acl.js";
import { aclOf, type Core } from "./core.js";
import { formatTime } from "./duration.js";
import { listReply, namesBelow } from "./list-reply.js";
import { MOUNT_ROUTES } from "./mounts.js";
import type { Authorized, Handler, Reply, Routes } from "./operation.js";
import { parsePolicy } from "./policy.js";
import { badRequest, listed, notEnforced, nothingHere } from "./refusal.js";
import { findToken } from "./tokens.js";

/** The API from before policies had types names their text `rules`. */
function readPolicy(textKey: "policy" | "rules"): Handler<Core> {
  return ({ policies }, _, givenName = "") => {
    const name = givenName.toLowerCase();
    const policy = name === "root" ? { text: "", version: 0, modified: null } : policies.get(name);
    if (policy === undefined) throw nothingHere();
    const { text, version, modified } = policy;
    const data = { cas_required: false, modified: formatTime(modified), name, [textKey]: text, version };
    return { flat: textKey === "rules", data };
  };
}

function writePolicy(core: Core, { fields }: Authorized, givenName = ""): undefined {
  const name = givenName.toLowerCase();
  const text = fields.get("policy", "string");
  if (text === "") throw badRequest("'policy' parameter not supplied or empty");
  if (name === "root") throw badRequest('cannot update "root" policy');
  const unknown = ["expiration", "ttl"].find((field) => fields.get(field, "string") !== "");
  if (unknown !== undefined) throw notEnforced(unknown);
  try {
    parsePolicy(text);
  } catch (error) {
    throw badRequest((error as Error).message);
  }
  const version = (core.policies.get(name)?.version ?? 0) + 1;
  core.policies.set(name, { text, version, modified: core.now() });
  core.acls.clear();
}

function deletePolicy(core: Core, _: Authorized, givenName = ""): undefined {
  const name = givenName.toLowerCase();
  if (name === "root" || name === "default") throw badRequest(`cannot delete ${name} policy`);
  core.policies.delete(name);
  core.acls.clear();
}

function listPolicies({ policies }: Core, _: Authorized, folder = ""): Reply {
  return listReply(namesBelow(folder === "" ? [...policies.keys(), "root"] : policies.keys(), folder));
}

/** `sys/capabilities-self` and, for the token named in the request, `sys/capabilities`. */
function capabilities(aclFor: (core: Core, operation: Authorized) => Acl): Handler<Core> {
  return (core, operation) => {
    const { fields } = operation;
    const paths = fields.get(fields.has("paths") ? "paths" : "path", "strings");
    if (paths.length === 0) throw badRequest("paths must be supplied");
    const acl = aclFor(core, operation);
    const entries = paths.map((path): [string, string[]] => [path, capabilityNames(acl, path)]);
    const single = entries.length === 1 ? { capabilities: entries[0]?.[1] } : {};
    return { flat: true, data: { ...Object.fromEntries(entries), ...single } };
  };
}

function capabilityNames(acl: Acl, path: string): string[] {
  const names = acl.root ? ["root"] : [...capabilitiesAt(acl, path, true)].sort();
  return names.length === 0 ? ["deny"] : names;
}

function ownAcl(_: Core, { token, acl }: Authorized): Acl {
  // A token is gone after its last use, before its policies are looked up.
  if (token.uses < 0) throw badRequest(listed("invalid token"));
  return acl;
}

function aclOfNamed(core: Core, { fields }: Authorized): Acl {
  const token = findToken(core, fields.get("token", "string"));
  if (token === undefined) throw badRequest("invalid token");
  return aclOf(core, token.policies);
}

/** `sys/...`, except for the paths that need no token. */
export const SYS_ROUTES: Routes<Core> = [
  [/^policies\/acl\/?$/, { list: listPolicies }],
  [
    /^policies\/acl\/(.+)$/s,
    { read: readPolicy("policy"), list: listPolicies, update: writePolicy, delete: deletePolicy },
  ],
  [/^policy\/(.+)$/s, { read: readPolicy("rules") }],
  [/^capabilities-self$/, { update: capabilities(ownAcl) }],
  [/^capabilities$/, { update: capabilities(aclOfNamed) }],
  [/^seal$/, { update: (core) => void (core.sealed = true) }],
  ...MOUNT_ROUTES,
];
