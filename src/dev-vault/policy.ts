import { type HclItem, type HclValue, parseHcl } from "./hcl.js";
import { isJsonObject, type Json, parseJson } from "./json.js";

const CAPABILITIES = ["create", "read", "update", "delete", "list", "scan", "patch", "sudo", "deny"] as const;

/** What a policy can allow on a path. */
export type Capability = (typeof CAPABILITIES)[number];

/** One `path` stanza. */
export interface PathRule {
  readonly path: string;
  readonly capabilities: ReadonlySet<Capability>;
}

const PATH_KEYS = new Set(["comment", "policy", "capabilities"]);

/** What Vault or OpenBao would hold a token to, and this server would not. */
const NOT_ENFORCED = new Set([
  "allowed_parameters",
  "denied_parameters",
  "required_parameters",
  "min_wrapping_ttl",
  "max_wrapping_ttl",
  "mfa_methods",
  "pagination_limit",
  "expiration",
  "list_scan_response_keys_filter_path",
  "control_group",
  "subscribe_event_types",
]);

const OLD_POLICIES: Readonly<Record<string, readonly Capability[]>> = {
  deny: ["deny"],
  read: ["read", "list"],
  write: ["create", "read", "update", "delete", "list"],
  sudo: ["create", "read", "update", "delete", "list", "sudo"],
};

function isCapability(word: string): word is Capability {
  return (CAPABILITIES as readonly string[]).includes(word);
}

function named(items: readonly HclItem[], key: string): HclValue | undefined {
  return items.find((item) => item.keys[0] === key)?.value;
}

function capabilitiesOf(path: string, items: readonly HclItem[]): Set<Capability> {
  const capabilities = new Set<Capability>();
  const old = named(items, "policy");
  if (old?.kind === "literal" && old.text !== "") {
    const granted = OLD_POLICIES[old.text];
    if (granted === undefined) {
      throw new Error(`path "${path}": invalid policy "${old.text}"`);
    }
    for (const capability of granted) {
      capabilities.add(capability);
    }
  }
  const list = named(items, "capabilities");
  if (list !== undefined && list.kind !== "list") {
    throw new Error(`path "${path}": capabilities must be a list`);
  }
  for (const word of list?.items ?? []) {
    const text = word.kind === "literal" ? word.text : word.kind;
    if (!isCapability(text)) {
      throw new Error(`path "${path}": invalid capability "${text}"`);
    }
    capabilities.add(text);
  }
  return capabilities.has("deny") ? new Set<Capability>(["deny"]) : capabilities;
}

/** A policy that says less here than it does elsewhere is refused. */
function notEnforced(what: string): Error {
  return new Error(`${what} is not enforced by phalanx dev-vault, so the policy is refused`);
}

function pathRule(item: HclItem): PathRule {
  const name = item.keys[1] ?? "path";
  if (item.value.kind !== "object") {
    throw new Error(`path "${name}": cannot check HCL keys of type *ast.LiteralType`);
  }
  for (const { keys, line } of item.value.items) {
    if (NOT_ENFORCED.has(keys[0] ?? "")) {
      throw notEnforced(`path "${name}": ${keys[0]}`);
    }
    if (!PATH_KEYS.has(keys[0] ?? "")) {
      throw new Error(`1 error occurred:\n\t* path "${name}": invalid key "${keys[0]}" on line ${line}\n\n`);
    }
  }
  const path = name.replace(/^\//, "");
  if (path.includes("{{")) {
    throw notEnforced(`path "${path}": a template`);
  }
  if (path.includes("+*")) {
    throw new Error(`path "${path}": invalid use of wildcards ('+*' is forbidden)`);
  }
  return { path, capabilities: capabilitiesOf(name, item.value.items) };
}

function fromJson(value: Json): HclValue {
  if (Array.isArray(value)) {
    return { kind: "list", items: value.map(fromJson) };
  }
  return isJsonObject(value)
    ? { kind: "object", items: itemsFromJson(Object.entries(value), []) }
    : { kind: "literal", text: String(value) };
}

function itemsFromJson(entries: readonly (readonly [string, Json])[], before: readonly string[]): HclItem[] {
  return entries.map(([key, value]) => ({ keys: [...before, key], value: fromJson(value), line: 1 }));
}

/** HCL may be written as JSON: `{"path": {"secret/*": {...}}}`. */
function jsonPolicy(text: string): HclItem[] {
  const policy = parseJson(text);
  return Object.entries(isJsonObject(policy) ? policy : {}).flatMap(([key, value]) =>
    key === "path" && isJsonObject(value)
      ? itemsFromJson(Object.entries(value), [key])
      : itemsFromJson([[key, value]], []),
  );
}

/** Parses a policy in HCL or JSON; throws an Error with Vault's wording, or if it asks for what is not enforced. */
export function parsePolicy(text: string): PathRule[] {
  try {
    const items = text.trimStart().startsWith("{") ? jsonPolicy(text) : parseHcl(text);
    for (const { keys, line } of items) {
      if (keys[0] !== "path" && keys[0] !== "name") {
        throw new Error(`1 error occurred:\n\t* invalid key "${keys[0]}" on line ${line}\n\n`);
      }
    }
    return items.filter(({ keys }) => keys[0] === "path").map(pathRule);
  } catch (error) {
    throw new Error(`failed to parse policy: ${(error as Error).message}`, { cause: error });
  }
}

/** What every token may do unless it was created without the policy `default`. */
export const DEFAULT_POLICY = [
  ["auth/token/lookup-self", "read"],
  ["auth/token/renew-self", "update"],
  ["auth/token/revoke-self", "update"],
  ["sys/capabilities-self", "update"],
  ["sys/internal/ui/resultant-acl", "read"],
]
  .map(([path, capability]) => `path "${path}" {\n  capabilities = ["${capability}"]\n}\n`)
  .join("");
