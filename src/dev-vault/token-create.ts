import { capabilitiesAt } from "./acl.js";
import type { Authorized, Core, Reply } from "./core.js";
import { parseDuration } from "./duration.js";
import { badRequest } from "./errors.js";
import { asString, type Fields, fieldsOf } from "./fields.js";
import { encodeJson } from "./json.js";
import { lease } from "./lease.js";
import type { Token } from "./state.js";
import { authData, createToken, findToken } from "./tokens.js";

/** Sorted policies without repetitions, in lower case, with `default` unless it is unwanted; `root` stands alone. */
export function effectivePolicies(names: readonly string[], withDefault: boolean): string[] {
  const clean = new Set(names.map((name) => name.trim().toLowerCase()).filter((name) => name !== ""));
  if (clean.has("root")) {
    return ["root"];
  }
  if (withDefault) {
    clean.add("default");
  }
  return [...clean].sort();
}

function duration(fields: Fields, name: string): number {
  const text = fields.string(name);
  const seconds = parseDuration(text);
  if (seconds === undefined) {
    throw badRequest(`time: invalid duration "${text}"`);
  }
  if (seconds < 0) {
    throw badRequest(`${name} must be positive`);
  }
  return seconds;
}

function requestedPolicies(fields: Fields): string[] {
  const value = fields.data["policies"] ?? null;
  return Array.isArray(value)
    ? fields.strings("policies")
    : [asString(value) ?? encodeJson(value)].filter((name) => name !== "");
}

function policiesFor(parent: Token, hasSudo: boolean, fields: Fields): string[] {
  const requested = requestedPolicies(fields);
  const withDefault = !fields.bool("no_default_policy");
  if (requested.length === 0) {
    return [...parent.policies];
  }
  const policies = effectivePolicies(requested, withDefault);
  const isRoot = parent.policies.includes("root");
  if (!hasSudo && requested.some((name) => !parent.policies.includes(name.trim().toLowerCase()))) {
    throw badRequest("child policies must be subset of parent");
  }
  if (policies.includes("root") && !isRoot) {
    throw badRequest("root tokens may not be created without parent token being root");
  }
  return hasSudo || parent.policies.includes("default") ? policies : policies.filter((name) => name !== "default");
}

function metadata(fields: Fields): Record<string, string> | null {
  if (!fields.has("meta")) {
    return null;
  }
  const value = fields.data["meta"];
  if (typeof value === "string") {
    throw badRequest(`Field validation failed: error converting input for field "meta": invalid key pair "${value}"`);
  }
  const entries = Object.entries(fields.object("meta"));
  return Object.fromEntries(entries.map(([key, item]) => [key, asString(item) ?? encodeJson(item)]));
}

/** `auth/token/create` and `create-orphan`. */
export function tokenCreate(core: Core, operation: Authorized, orphan: boolean): Reply {
  const { token: parent } = operation;
  const fields = fieldsOf(operation.data, true);
  const hasSudo = operation.acl.root || capabilitiesAt(operation.acl, operation.path, false).has("sudo");
  if (parent.uses !== 0) {
    throw badRequest("restricted use token cannot generate child tokens");
  }
  const uses = fields.int("num_uses");
  if (uses < 0) {
    throw badRequest("number of uses cannot be negative");
  }
  const type = fields.string("type") || "service";
  if (type !== "service" && type !== "batch") {
    throw badRequest("invalid 'token_type' value");
  }
  const renewable = fields.bool("renewable", true);
  const policies = policiesFor(parent, hasSudo, fields);
  const withoutParent = orphan || fields.bool("no_parent");
  if (fields.bool("no_parent") && !orphan && !hasSudo) {
    throw badRequest("root or sudo privileges required to create orphan token");
  }
  const id = fields.string("id");
  if (id !== "" && !hasSudo) {
    throw badRequest("root or sudo privileges required to specify token id");
  }
  if (id !== "" && findToken(core, id) !== undefined) {
    throw badRequest("cannot create a token with a duplicate ID");
  }
  const explicitMaxTtl = duration(fields, "explicit_max_ttl");
  const period = duration(fields, "period");
  if (period > 0 && !hasSudo) {
    throw badRequest("root or sudo privileges required to create periodic token");
  }
  const ttl = duration(fields, fields.has("ttl") ? "ttl" : "lease");
  const now = core.now();
  const isForever = policies.includes("root") && ttl === 0 && period === 0 && explicitMaxTtl === 0;
  const life = isForever
    ? { seconds: 0, warnings: [] }
    : lease({ ttl, period, maxTtl: 0, explicitMaxTtl, created: now, now });
  const name = fields.string("display_name").replaceAll(/[^a-zA-Z0-9-]/gu, "-");
  const token = createToken(core, {
    ...(id !== "" && { id }),
    policies,
    parent: withoutParent ? null : parent.id,
    path: operation.path,
    displayName: name === "" ? "token" : `token-${name}`,
    entityId: "",
    meta: metadata(fields),
    type,
    renewable: renewable && !isForever && type === "service",
    creationTtl: life.seconds,
    explicitMaxTtl,
    maxTtl: 0,
    period,
    uses,
  });
  const unknown = policies.filter((policy) => policy !== "root" && !core.state.policies.has(policy));
  return {
    auth: authData(token, life.seconds),
    warnings: [...unknown.map((policy) => `Policy "${policy}" does not exist`), ...life.warnings],
  };
}
