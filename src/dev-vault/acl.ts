import type { Capability, PathRule } from "./policy.js";

type Capabilities = ReadonlySet<Capability>;

/** A rule with wildcards: `+` for one segment, a trailing `*` for anything after it. */
interface Pattern {
  readonly path: string;
  readonly capabilities: Capabilities;
  readonly matches: (path: string) => boolean;
}

/** The rules of all policies of a token, merged by path. */
export interface Acl {
  readonly root: boolean;
  readonly exact: ReadonlyMap<string, Capabilities>;
  /** Most specific first. */
  readonly patterns: readonly Pattern[];
}

/** The access of a token with the policy `root`. */
export const ROOT_ACL: Acl = { root: true, exact: new Map(), patterns: [] };

const WILDCARD = /(?<![^/])\+|\*$/;
const NOTHING: Capabilities = new Set();

/** Merges policies: capabilities for the same path add up, and a denial wins. */
export function compileAcl(policies: Iterable<readonly PathRule[]>): Acl {
  const merged = new Map<string, Capabilities>();
  for (const { path, capabilities } of [...policies].flat()) {
    const all = new Set([...(merged.get(path) ?? []), ...capabilities]);
    merged.set(path, all.has("deny") ? new Set<Capability>(["deny"]) : all);
  }
  const patterns = [...merged].filter(([path]) => WILDCARD.test(path));
  return {
    root: false,
    exact: new Map([...merged].filter(([path]) => !WILDCARD.test(path))),
    patterns: patterns
      .map(([path, capabilities]) => ({ path, capabilities, matches: matcherOf(path) }))
      .sort((a, b) => bySpecificity(a.path, b.path)),
  };
}

function matcherOf(pattern: string): (path: string) => boolean {
  const isGlob = pattern.endsWith("*");
  const segments = pattern.replace(/\*$/, "").split("/");
  const last = segments.length - 1;
  return (path) => {
    const parts = path.split("/");
    return (
      (isGlob ? parts.length > last : parts.length === segments.length) &&
      segments.every(
        (segment, i) =>
          segment === "+" || segment === parts[i] || (isGlob && i === last && parts[i]?.startsWith(segment)),
      )
    );
  };
}

function anySegments(path: string): number {
  return path.split("/").filter((segment) => segment === "+").length;
}

// Vault's order: a later first wildcard is more specific; then no glob before glob, fewer `+`, longer path.
function bySpecificity(a: string, b: string): number {
  return (
    b.search(WILDCARD) - a.search(WILDCARD) ||
    Number(a.endsWith("*")) - Number(b.endsWith("*")) ||
    anySegments(a) - anySegments(b) ||
    b.length - a.length ||
    (a > b ? -1 : 1)
  );
}

/**
 * What the most specific rule for a path allows. `listing`: also considers a rule without the path's trailing slash.
 */
export function capabilitiesAt(acl: Acl, path: string, listing: boolean): Capabilities {
  const matching = (wanted: string) => acl.patterns.find(({ matches }) => matches(wanted))?.capabilities;
  const clean = path.replace(/^\/+/, "");
  const bare = listing && clean.endsWith("/") ? clean.slice(0, -1) : undefined;
  return (
    acl.exact.get(clean) ??
    (bare === undefined ? undefined : (acl.exact.get(bare) ?? matching(bare))) ??
    matching(clean) ??
    NOTHING
  );
}

/** Whether the token can do anything at all at or below a mount (`secret/`). */
export function hasMountAccess(acl: Acl, mount: string): boolean {
  const above = mount.split("/").slice(0, -1);
  const isBelow = (path: string) => {
    const segments = path.split("/");
    return segments.length > above.length && above.every((name, i) => segments[i] === "+" || segments[i] === name);
  };
  const below = [...acl.exact, ...acl.patterns.map((rule) => [rule.path, rule.capabilities] as const)]
    .filter(([path]) => isBelow(path))
    .map(([, capabilities]) => capabilities);
  return acl.root || [capabilitiesAt(acl, mount, true), ...below].some((found) => found.size > 0 && !found.has("deny"));
}
