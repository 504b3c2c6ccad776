import type { VaultLocation } from "../model/environment.js";
import type { TokenInfo, WriteToken } from "../model/vault-credentials.js";
import {
  capabilities,
  createToken,
  limitAccessor,
  lookupAccessor,
  ownExpiry,
  permits,
  putPolicy,
  revokeAccessor,
} from "../vault/admin.js";
import { credentialName, writePolicy } from "../vault/policies.js";
import type { VaultSession } from "../vault/protocol.js";
import { findWriteTokens } from "./find-write-tokens.js";

export interface WriteTokenOptions {
  /** As Vault writes durations. */
  readonly lifetime: string;
  /** Seconds that the old tokens go on living; undefined: they are revoked at once. */
  readonly keepOld: number | undefined;
  /** Whether a lifetime that the server shortened makes the new token useless. */
  readonly requireLifetime: boolean;
}

export interface NewWriteToken {
  readonly token: WriteToken;
  /** The environment's tokens from before. */
  readonly old: readonly TokenInfo[];
  /** The server's own remarks, a shortened lifetime among them. */
  readonly warnings: readonly string[];
  /** Undefined for an orphan; otherwise when the token that made this one expires, and this one with it. */
  readonly diesWithParent: { readonly at: string | undefined } | undefined;
  /** The new token was revoked again, because its lifetime was shortened; the old ones live on. */
  readonly givenUp: boolean;
}

/** Policy and a new token; only then are the old ones revoked. An orphan, where the caller may make one. */
export async function createWriteToken(
  session: VaultSession,
  location: VaultLocation,
  options: WriteTokenOptions,
): Promise<NewWriteToken> {
  const policy = writePolicy(location);
  const [old, granted] = await Promise.all([
    findWriteTokens(session, location),
    capabilities(session, ["auth/token/create-orphan"]),
  ]);
  const orphan =
    permits(granted.get("auth/token/create-orphan"), "update") ||
    permits(granted.get("auth/token/create-orphan"), "sudo");
  await putPolicy(session, policy.name, policy.text);
  const made = await createToken(session, {
    displayName: credentialName(location),
    policies: [policy.name],
    lifetime: options.lifetime,
    orphan,
  });
  const info = await lookupAccessor(session, made.accessor);
  const token: WriteToken = {
    accessor: made.accessor,
    displayName: info?.displayName ?? `token-${credentialName(location)}`,
    policies: info?.policies ?? made.policies,
    expires: info?.expires,
    token: made.token,
  };
  const givenUp = options.requireLifetime && made.warnings.some((warning) => warning.startsWith("TTL of"));
  if (givenUp) await revokeAccessor(session, made.accessor);
  else
    for (const { accessor } of old)
      await (options.keepOld === undefined
        ? revokeAccessor(session, accessor)
        : limitAccessor(session, accessor, options.keepOld));
  return {
    token,
    old,
    warnings: made.warnings,
    diesWithParent: orphan ? undefined : { at: await ownExpiry(session) },
    givenUp,
  };
}
