import { randomBytes } from "node:crypto";
import type { Core } from "./core.js";
import { formatTime } from "./duration.js";
import type { Token } from "./state.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Random letters and digits. */
export function randomText(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 is the largest multiple of 62 in a byte: without the rest every letter is equally likely.
      if (byte < 248 && text.length < length) {
        text += ALPHABET.charAt(byte % ALPHABET.length);
      }
    }
  }
  return text;
}

/** What a caller decides about a new token. */
export type TokenSpec = Omit<Token, "id" | "accessor" | "created" | "expires" | "renewed" | "leaseTtl"> & {
  readonly id?: string;
};

/** Creates a token that lives for `creationTtl` seconds, or for ever if that is 0. */
export function createToken(core: Core, spec: TokenSpec): Token {
  const now = core.now();
  const isBatch = spec.type === "batch";
  const token: Token = {
    ...spec,
    id: spec.id ?? (isBatch ? `b.${randomText(140)}` : `s.${randomText(24)}`),
    accessor: isBatch ? "" : randomText(24),
    created: now,
    expires: spec.creationTtl === 0 ? null : now + spec.creationTtl * 1000,
    renewed: null,
    leaseTtl: spec.creationTtl,
  };
  core.state.tokens.set(token.id, token);
  return token;
}

/** Makes `id` a valid root token. */
export function addRootToken(core: Core, id: string): void {
  const present = core.state.tokens.get(id);
  if (present?.policies.includes("root") !== true) {
    createToken(core, {
      id,
      policies: ["root"],
      parent: null,
      path: "auth/token/root",
      displayName: "root",
      entityId: "",
      meta: null,
      type: "service",
      renewable: false,
      creationTtl: 0,
      explicitMaxTtl: 0,
      maxTtl: 0,
      period: 0,
      uses: 0,
    });
  }
}

/** Revokes a token and everything that was created with it. */
export function revokeTree(core: Core, id: string): void {
  const doomed = [id];
  for (const parent of doomed) {
    core.state.tokens.delete(parent);
    for (const token of core.state.tokens.values()) {
      if (token.parent === parent) {
        doomed.push(token.id);
      }
    }
  }
}

/** Revokes a token; those that were created with it live on without a parent. */
export function revokeAndOrphan(core: Core, id: string): void {
  core.state.tokens.delete(id);
  for (const token of core.state.tokens.values()) {
    if (token.parent === id) {
      token.parent = null;
    }
  }
}

/** A token that is valid now. If it or an ancestor of it has expired, that tree is revoked. */
export function findToken(core: Core, id: string): Token | undefined {
  const now = core.now();
  let ancestor = core.state.tokens.get(id);
  while (ancestor !== undefined) {
    if (ancestor.expires !== null && ancestor.expires <= now) {
      revokeTree(core, ancestor.id);
      return undefined;
    }
    ancestor = ancestor.parent === null ? undefined : core.state.tokens.get(ancestor.parent);
  }
  return core.state.tokens.get(id);
}

/** The valid token with an accessor. */
export function findByAccessor(core: Core, accessor: string): Token | undefined {
  for (const token of core.state.tokens.values()) {
    if (token.accessor === accessor && accessor !== "") {
      return findToken(core, token.id);
    }
  }
  return undefined;
}

/** The seconds that a token still lives; 0 for ever. */
function remainingTtl(token: Token, now: number): number {
  return token.expires === null ? 0 : Math.floor((token.expires - now) / 1000);
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
    ...(token.renewed !== null && {
      last_renewal: formatTime(token.renewed),
      last_renewal_time: Math.floor(token.renewed / 1000),
    }),
    meta: token.meta,
    num_uses: token.uses,
    orphan: token.parent === null,
    path: token.path,
    ...(token.period > 0 && { period: token.period }),
    policies: token.policies,
    renewable: token.renewable,
    ttl: remainingTtl(token, now),
    type: token.type,
  };
}

/** A token as the answer that hands it out shows it. */
export function authData(token: Token, leaseSeconds: number): Record<string, unknown> {
  return {
    client_token: token.id,
    accessor: token.accessor,
    policies: token.policies,
    token_policies: token.policies,
    metadata: token.meta,
    lease_duration: leaseSeconds,
    renewable: token.renewable,
    entity_id: token.entityId,
    token_type: token.type,
    orphan: token.parent === null,
    mfa_requirement: null,
    num_uses: token.uses,
  };
}
