import { randomBytes } from "node:crypto";
import type { Core, Token } from "./core.js";
import { formatTime, shortDuration } from "./duration.js";
import type { Reply } from "./operation.js";
import { badRequest } from "./refusal.js";

/** The maximum lifetime of a token, and the default: 768 hours. */
const MAX_LEASE_SECONDS = 2_764_800;

/** What a caller specifies about a new token. */
export type TokenSpec = Pick<Token, "policies" | "path" | "displayName"> &
  Partial<Pick<Token, "id" | "parent" | "entityId" | "meta" | "renewable" | "explicitMaxTtl" | "maxTtl" | "uses">> & {
    /** Seconds; 0 for the default. */
    readonly ttl?: number;
  };

/** 24 random letters and digits. */
export function randomText(): string {
  return randomBytes(18).toString("base64").replaceAll(/[+/]/g, "x");
}

/** Creates a token. A root token without a requested limit never expires. */
export function createToken(core: Core, spec: TokenSpec): Reply {
  const { ttl = 0, maxTtl = 0, explicitMaxTtl = 0, renewable = true, ...rest } = spec;
  const isForever = spec.policies.includes("root") && ttl === 0 && explicitMaxTtl === 0;
  const created = core.now();
  const { seconds, warnings } = isForever
    ? { seconds: 0, warnings: [] }
    : lease(core, ttl, { maxTtl, explicitMaxTtl, created });
  const token: Token = {
    parent: null,
    entityId: "",
    meta: null,
    uses: 0,
    id: `s.${randomText()}`,
    ...rest,
    accessor: randomText(),
    renewable: renewable && !isForever,
    created,
    creationTtl: seconds,
    explicitMaxTtl,
    maxTtl,
    leaseTtl: seconds,
    expires: isForever ? null : created + seconds * 1000,
  };
  core.tokens.set(token.id, token);
  return { auth: authData(token), warnings };
}

/** Renews a token, by default for as long as last time. */
export function renewToken(core: Core, token: Token, increment: number): Reply {
  if (!token.renewable) throw badRequest("lease is not renewable");
  const { seconds, warnings } = lease(core, increment > 0 ? increment : token.leaseTtl, token);
  token.expires = core.now() + seconds * 1000;
  token.leaseTtl = seconds;
  return { auth: authData(token), warnings };
}

/** A token's lifetime in seconds from now, capped at the maximum with a warning. */
function lease(core: Core, ttl: number, limits: Pick<Token, "maxTtl" | "explicitMaxTtl" | "created">) {
  const max = Math.min(MAX_LEASE_SECONDS, limits.maxTtl || Infinity, limits.explicitMaxTtl || Infinity);
  const left = max - (Math.floor(core.now() / 1000) - Math.floor(limits.created / 1000));
  if (left <= 0) throw badRequest("past the max TTL, cannot renew");
  const asked = ttl || MAX_LEASE_SECONDS;
  const capped = `TTL of "${shortDuration(asked)}" exceeded the effective max_ttl of "${shortDuration(left)}"; TTL value is capped accordingly`;
  return { seconds: Math.min(asked, left), warnings: asked > left ? [capped] : [] };
}

/** Revokes a token and everything created with it. */
export function revokeTree(core: Core, id: string): undefined {
  const doomed = [id];
  for (const parent of doomed) {
    core.tokens.delete(parent);
    for (const token of core.tokens.values()) if (token.parent === parent) doomed.push(token.id);
  }
}

/** A currently valid token. If it or an ancestor has expired, that tree is revoked. */
export function findToken(core: Core, id: string): Token | undefined {
  for (let ancestor = core.tokens.get(id); ancestor !== undefined; ancestor = core.tokens.get(ancestor.parent ?? "")) {
    if (ancestor.expires !== null && ancestor.expires <= core.now()) {
      revokeTree(core, ancestor.id);
      return undefined;
    }
  }
  return core.tokens.get(id);
}

export function findByAccessor(core: Core, accessor: string): Token | undefined {
  const id = [...core.tokens.values()].find((token) => token.accessor === accessor)?.id;
  return id === undefined ? undefined : findToken(core, id);
}

/** A token as `lookup` shows it. */
export function lookupData(token: Token, now: number): Record<string, unknown> {
  return {
    accessor: token.accessor,
    creation_time: Math.floor(token.created / 1000),
    creation_ttl: token.creationTtl,
    display_name: token.displayName,
    entity_id: token.entityId,
    expire_time: token.expires === null ? null : formatTime(token.expires),
    explicit_max_ttl: token.explicitMaxTtl,
    id: token.id,
    issue_time: formatTime(token.created),
    meta: token.meta,
    num_uses: token.uses,
    orphan: token.parent === null,
    path: token.path,
    policies: token.policies,
    renewable: token.renewable,
    ttl: token.expires === null ? 0 : Math.floor((token.expires - now) / 1000),
    type: "service",
  };
}

/** A token as shown in the response that creates it. */
function authData(token: Token): Record<string, unknown> {
  return {
    client_token: token.id,
    accessor: token.accessor,
    policies: token.policies,
    token_policies: token.policies,
    metadata: token.meta,
    lease_duration: token.leaseTtl,
    renewable: token.renewable,
    entity_id: token.entityId,
    token_type: "service",
    orphan: token.parent === null,
    mfa_requirement: null,
    num_uses: token.uses,
  };
}
