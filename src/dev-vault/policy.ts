import { type HclItem, type HclValue, isBlock, parseHcl } from "./hcl.js";

const CAPABILITIES = ["create", "read", "update", "delete", "list", "scan", "patch", "sudo", "deny"] as const;

/** What a policy can allow on a path. */
export type Capability = (typeof CAPABILITIES)[number];

/** One `path` stanza. */
export interface PathRule {
  readonly path: string;
  readonly capabilities: ReadonlySet<Capability>;
}

/** Restrictions that Vault or OpenBao would enforce, but this server does not. */
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

/**
 * Parses a policy in HCL or JSON; throws an Error with Vault's wording, or if it contains a restriction that is not
 * enforced.
 */
export function parsePolicy(text: string): PathRule[] {
  try {
    const trimmed = text.trim();
    // A policy as JSON is one block of HCL.
    const items = parseHcl(trimmed.startsWith("{") ? trimmed.slice(1, -1) : text).flatMap(stanzas);
    for (const item of items) if (item.keys[0] !== "path" && item.keys[0] !== "name") throw invalidKey(item);
    return items.filter(({ keys }) => keys[0] === "path").map(pathRule);
  } catch (error) {
    throw new Error(`failed to parse policy: ${(error as Error).message}`, { cause: error });
  }
}

/** In JSON all paths are in one object: `{"path": {"secret/*": {...}}}`. */
function stanzas(item: HclItem): readonly HclItem[] {
  const { keys, value } = item;
  if (keys.join() !== "path" || !isBlock(value)) return [item];
  return value.items.map((inner) => ({ ...inner, keys: [...keys, ...inner.keys] }));
}

function pathRule({ keys, value }: HclItem): PathRule {
  const name = keys[1] ?? "path";
  if (!isBlock(value)) throw new Error(`path "${name}": a block is missing`);
  for (const item of value.items) {
    const key = item.keys[0] ?? "";
    if (NOT_ENFORCED.has(key)) throw notEnforced(`path "${name}": ${key}`);
    if (key !== "capabilities" && key !== "comment") throw invalidKey(item, `path "${name}": `);
  }
  const path = name.replace(/^\//, "");
  if (path.includes("{{")) throw notEnforced(`path "${path}": a template`);
  if (path.includes("+*")) throw new Error(`path "${path}": invalid use of wildcards ('+*' is forbidden)`);
  return {
    path,
    capabilities: capabilitiesOf(name, value.items.find(({ keys: [key] }) => key === "capabilities")?.value),
  };
}

function capabilitiesOf(path: string, list: HclValue = []): Set<Capability> {
  if (typeof list === "string" || isBlock(list)) throw new Error(`path "${path}": capabilities must be a list`);
  return new Set(
    list.map((word) => {
      const capability = CAPABILITIES.find((known) => known === word);
      if (capability === undefined)
        throw new Error(`path "${path}": invalid capability "${typeof word === "string" ? word : "..."}"`);
      return capability;
    }),
  );
}

function invalidKey({ keys, line }: HclItem, at = ""): Error {
  return new Error(`1 error occurred:\n\t* ${at}invalid key "${keys[0]}" on line ${line}\n\n`);
}

/** Refuses a policy that would allow more here than on a real server. */
function notEnforced(what: string): Error {
  return new Error(`${what} is not enforced by phalanx dev-vault, so the policy is refused`);
}

/** What every token may do unless it was created without the policy `default`. */
export const DEFAULT_POLICY = [
  ["auth/token/lookup-self", "read"],
  ["auth/token/renew-self", "update"],
  ["auth/token/revoke-self", "update"],
  ["sys/capabilities-self", "update"],
]
  .map(([path, capability]) => `path "${path}" {\n  capabilities = ["${capability}"]\n}\n`)
  .join("");
