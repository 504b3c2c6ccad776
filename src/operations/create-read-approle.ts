import type { VaultLocation } from "../model/environment.js";
import type { ReadAppRole } from "../model/vault-credentials.js";
import {
  createSecretId,
  destroySecretId,
  getRole,
  getRoleId,
  listSecretIds,
  putPolicy,
  putRole,
} from "../vault/admin.js";
import { credentialName, readPolicy } from "../vault/policies.js";
import type { VaultSession } from "../vault/protocol.js";

export interface ReadAppRoleOptions {
  /** Seconds; undefined keeps what the role has. */
  readonly tokenLifetime: number | undefined;
  /** Whether the SecretIDs that were there stay valid. */
  readonly keepOld: boolean;
}

export interface NewReadAppRole {
  readonly role: ReadAppRole;
  /** Accessors of the SecretIDs that were there before; they were destroyed, or kept for a hand-over. */
  readonly old: readonly string[];
}

/** Policy, role, and a new SecretID; only then are the old ones destroyed. */
export async function createReadAppRole(
  session: VaultSession,
  location: VaultLocation,
  options: ReadAppRoleOptions,
): Promise<NewReadAppRole> {
  const [name, policy] = [credentialName(location), readPolicy(location)];
  // Read first: where AppRole is not enabled, nothing is to be written.
  await getRole(session, name);
  await putPolicy(session, policy.name, policy.text);
  await putRole(session, name, [policy.name], options.tokenLifetime);
  const old = await listSecretIds(session, name);
  const { secretId, accessor } = await createSecretId(session, name);
  const [settings, roleId] = await Promise.all([getRole(session, name), getRoleId(session, name)]);
  if (!options.keepOld) for (const each of old) await destroySecretId(session, name, each);
  return {
    role: {
      roleId,
      secretId,
      secretIdAccessor: accessor,
      policies: settings?.policies ?? [policy.name],
      tokenTtl: settings?.tokenTtl ?? 0,
      tokenMaxTtl: settings?.tokenMaxTtl ?? 0,
    },
    old,
  };
}
