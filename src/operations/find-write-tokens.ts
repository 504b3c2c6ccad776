import { credentialName, type VaultLocation } from "../model/environment.js";
import type { TokenInfo } from "../model/vault-credentials.js";
import { listAccessors, lookupAccessor } from "../vault/tokens.js";
import { sanitisedName, writePolicy } from "../vault/policies.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";

/** The write tokens of an environment; see {@link areWriteTokens}. */
export async function findWriteTokens(session: VaultSession, location: VaultLocation): Promise<TokenInfo[]> {
  return areWriteTokens(session, location, await listAccessors(session));
}

/**
 * Filters tokens for those created as write tokens of an environment: both the name, as the server stores it, and the
 * policy must match, since another prefix may end in the same component.
 */
export async function areWriteTokens(
  session: VaultSession,
  location: VaultLocation,
  accessors: readonly string[],
): Promise<TokenInfo[]> {
  return (await areNamed(session, location, accessors)).filter(({ policies }) =>
    policies.includes(writePolicy(location).name),
  );
}

/** The tokens of that name, regardless of policy: an audit reports a missing policy. */
export async function findNamedTokens(session: VaultSession, location: VaultLocation): Promise<TokenInfo[]> {
  return areNamed(session, location, await listAccessors(session));
}

async function areNamed(
  session: VaultSession,
  location: VaultLocation,
  accessors: readonly string[],
): Promise<TokenInfo[]> {
  const name = `token-${sanitisedName(credentialName(location))}`;
  const found: TokenInfo[] = [];
  // A server may have a million tokens, most of them not ours: keep nothing about those, not even a pending request.
  const left = new Set(accessors).values();
  const lookUp = async (): Promise<void> => {
    for (const accessor of left) {
      const token = await lookupAccessor(session, accessor);
      if (token?.displayName === name) found.push(token);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_REQUESTS }, lookUp));
  const place = new Map(accessors.map((accessor, index) => [accessor, index]));
  return found.sort((a, b) => (place.get(a.accessor) ?? 0) - (place.get(b.accessor) ?? 0));
}
