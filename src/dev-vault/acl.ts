import type { Capability, PathRule } from "./policy.js";

type Capabilities = ReadonlySet<Capability>;

interface SegmentRule {
  readonly path: string;
  readonly segments: readonly string[];
  readonly isPrefix: boolean;
  readonly wildcards: number;
  readonly capabilities: Capabilities;
}

/** The rules of all policies of a token, merged by path. */
export interface Acl {
  readonly root: boolean;
  readonly exact: ReadonlyMap<string, Capabilities>;
  readonly prefix: ReadonlyMap<string, Capabilities>;
  readonly segments: readonly SegmentRule[];
}

interface Candidate {
  readonly firstWildcard: number;
  readonly isPrefix: boolean;
  readonly wildcards: number;
  readonly path: string;
  readonly capabilities: Capabilities;
}

/** The access of a token with the policy `root`. */
export const ROOT_ACL: Acl = { root: true, exact: new Map(), prefix: new Map(), segments: [] };

function hasSegmentWildcard(path: string): boolean {
  return path === "+" || path.startsWith("+/") || path.includes("/+");
}

function merge(rules: Map<string, Capabilities>, path: string, added: Capabilities): void {
  const present = rules.get(path);
  if (present === undefined || (added.has("deny") && !present.has("deny"))) {
    rules.set(path, added);
  } else if (!present.has("deny")) {
    rules.set(path, new Set([...present, ...added]));
  }
}

/** Merges policies: the same path in several of them adds up, and a denial wins. */
export function compileAcl(policies: Iterable<readonly PathRule[]>): Acl {
  const exact = new Map<string, Capabilities>();
  const prefix = new Map<string, Capabilities>();
  const segmented = new Map<string, Capabilities>();
  for (const rules of policies) {
    for (const { path, capabilities } of rules) {
      if (hasSegmentWildcard(path)) {
        merge(segmented, path, capabilities);
      } else if (path.endsWith("*")) {
        merge(prefix, path.slice(0, -1), capabilities);
      } else {
        merge(exact, path, capabilities);
      }
    }
  }
  const segments = [...segmented].map(([path, capabilities]): SegmentRule => {
    const isPrefix = path.endsWith("*");
    const parts = (isPrefix ? path.slice(0, -1) : path).split("/");
    return { path, segments: parts, isPrefix, wildcards: parts.filter((part) => part === "+").length, capabilities };
  });
  return { root: false, exact, prefix, segments };
}

function matches(rule: SegmentRule, parts: readonly string[]): boolean {
  const last = rule.segments.length - 1;
  if (parts.length < rule.segments.length || (!rule.isPrefix && parts.length !== rule.segments.length)) {
    return false;
  }
  return rule.segments.every((segment, index) => {
    const part = parts[index] ?? "";
    return segment === "+" || segment === part || (rule.isPrefix && index === last && part.startsWith(segment));
  });
}

// The order is Vault's: the later the first wildcard the more specific; then no glob before glob, fewer `+`, longer path.
function moreSpecific(a: Candidate, b: Candidate): boolean {
  if (a.firstWildcard !== b.firstWildcard) {
    return a.firstWildcard > b.firstWildcard;
  }
  if (a.isPrefix !== b.isPrefix) {
    return !a.isPrefix;
  }
  if (a.wildcards !== b.wildcards) {
    return a.wildcards < b.wildcards;
  }
  return a.path.length === b.path.length ? a.path > b.path : a.path.length > b.path.length;
}

function longestPrefix(acl: Acl, path: string): Candidate | undefined {
  for (let length = path.length; acl.prefix.size > 0 && length >= 0; length -= 1) {
    const prefix = path.slice(0, length);
    const capabilities = acl.prefix.get(prefix);
    if (capabilities !== undefined) {
      return { firstWildcard: length, isPrefix: true, wildcards: 0, path: prefix, capabilities };
    }
  }
  return undefined;
}

function fromWildcards(acl: Acl, path: string): Capabilities | undefined {
  let best = longestPrefix(acl, path);
  const parts = path.split("/");
  for (const rule of acl.segments) {
    if (matches(rule, parts)) {
      const candidate: Candidate = {
        firstWildcard: rule.path.indexOf("+"),
        isPrefix: rule.isPrefix,
        wildcards: rule.wildcards,
        path: rule.isPrefix ? rule.path.slice(0, -1) : rule.path,
        capabilities: rule.capabilities,
      };
      if (best === undefined || moreSpecific(candidate, best)) {
        best = candidate;
      }
    }
  }
  return best?.capabilities;
}

const NOTHING: Capabilities = new Set();

/** What the most specific rule for a path allows. `listing`: a rule without the trailing slash of the path counts too. */
export function capabilitiesAt(acl: Acl, path: string, listing: boolean): Capabilities {
  const clean = path.replace(/^\/+/, "");
  const bare = listing && clean.endsWith("/") ? clean.slice(0, -1) : undefined;
  return (
    acl.exact.get(clean) ??
    (bare === undefined ? undefined : (acl.exact.get(bare) ?? fromWildcards(acl, bare))) ??
    fromWildcards(acl, clean) ??
    NOTHING
  );
}

function allowsSomething(capabilities: Capabilities): boolean {
  return capabilities.size > 0 && !capabilities.has("deny");
}

/** Whether the token can do anything at all at or below a mount (`secret/`). */
export function hasMountAccess(acl: Acl, mount: string): boolean {
  if (acl.root || allowsSomething(capabilitiesAt(acl, mount, true))) {
    return true;
  }
  for (const rules of [acl.exact, acl.prefix]) {
    for (const [path, capabilities] of rules) {
      if (path.startsWith(mount) && allowsSomething(capabilities)) {
        return true;
      }
    }
  }
  const parts = mount.split("/").slice(0, -1);
  return acl.segments.some(
    (rule) =>
      allowsSomething(rule.capabilities) &&
      rule.segments.length >= parts.length &&
      parts.every((part, index) => rule.segments[index] === "+" || rule.segments[index] === part),
  );
}
