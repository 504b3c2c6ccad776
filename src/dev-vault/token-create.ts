import { capabilitiesAt } from "./acl.js";
import type { Core, Token } from "./core.js";
import { asString, type Fields } from "./fields.js";
import { encodeJson } from "./json.js";
import type { Authorized, Reply } from "./operation.js";
import { badRequest, notEnforced } from "./refusal.js";
import { createToken, findToken } from "./tokens.js";

/** Sorted, unique policies in lower case, with `default` unless it is unwanted; `root` is always alone. */
export function effectivePolicies(names: readonly string[], withDefault: boolean): string[] {
  const clean = new Set(names.map((name) => name.trim().toLowerCase()).filter((name) => name !== ""));
  if (clean.has("root")) return ["root"];
  return [...(withDefault ? clean.add("default") : clean)].sort();
}

/** `auth/token/create` and `create-orphan`. */
export function tokenCreate(core: Core, { token: parent, acl, path, fields }: Authorized): Reply {
  const hasSudo = acl.root || capabilitiesAt(acl, path, false).has("sudo");
  const needsSudo = (asked: boolean, what: string) => {
    if (asked && !hasSudo) throw badRequest(`root or sudo privileges required to ${what}`);
  };
  if (parent.uses !== 0) throw badRequest("restricted use token cannot generate child tokens");
  if (fields.get("period", "seconds") > 0) throw notEnforced("period");
  if (!["", "service"].includes(fields.get("type", "string"))) throw notEnforced("type");
  const policies = policiesFor(parent, hasSudo, fields);
  const isOrphan = path.endsWith("create-orphan");
  const noParent = fields.get("no_parent", "bool");
  needsSudo(noParent && !isOrphan, "create orphan token");
  const id = fields.get("id", "string");
  needsSudo(id !== "", "specify token id");
  if (id !== "" && findToken(core, id) !== undefined) throw badRequest("cannot create a token with a duplicate ID");
  const name = fields.get("display_name", "string").replaceAll(/[^a-zA-Z0-9-]/gu, "-");
  const meta = Object.entries(fields.get("meta", "object"));
  const reply = createToken(core, {
    ...(id !== "" && { id }),
    policies,
    parent: isOrphan || noParent ? null : parent.id,
    path,
    displayName: name === "" ? "token" : `token-${name}`,
    meta: fields.has("meta")
      ? Object.fromEntries(meta.map(([key, item]) => [key, asString(item) ?? encodeJson(item)]))
      : null,
    renewable: !fields.has("renewable") || fields.get("renewable", "bool"),
    ttl: fields.get("ttl", "seconds"),
    explicitMaxTtl: fields.get("explicit_max_ttl", "seconds"),
    uses: fields.get("num_uses", "int"),
  });
  const unknown = policies.filter((policy) => policy !== "root" && !core.policies.has(policy));
  const warnings = unknown.map((policy) => `Policy "${policy}" does not exist`);
  return { ...reply, warnings: [...warnings, ...(reply.warnings ?? [])] };
}

function policiesFor(parent: Token, hasSudo: boolean, fields: Fields): readonly string[] {
  const requested = fields.get("policies", "strings");
  if (requested.length === 0) return parent.policies;
  const policies = effectivePolicies(requested, !fields.get("no_default_policy", "bool"));
  if (!hasSudo && requested.some((name) => !parent.policies.includes(name.toLowerCase()))) {
    throw badRequest("child policies must be subset of parent");
  }
  if (policies.includes("root") && !parent.policies.includes("root")) {
    throw badRequest("root tokens may not be created without parent token being root");
  }
  return hasSudo || parent.policies.includes("default") ? policies : policies.filter((name) => name !== "default");
}
