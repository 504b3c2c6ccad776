import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { credentialName, type Neighbour, type VaultLocation, vaultPrefix } from "../model/environment.js";
import type { RoleSettings } from "../vault/app-role.js";
import { type EnvironmentPolicy, getPolicy, readPolicy } from "../vault/policies.js";
import type { VaultSession } from "../vault/protocol.js";

/** Who makes credentials, and who else may have some of the same names. */
export interface Claim {
  readonly environment: string;
  /** The other environments of the server. */
  readonly neighbours: readonly Neighbour[];
  /** Whether what belongs to others is taken over. */
  readonly adopt: boolean;
}

/**
 * The name of an AppRole is only the last component of the prefix, so the AppRole of another environment may have the same name.
 *
 * @throws PhalanxError if the role gives other policies than the environment's.
 */
export function refuseForeignRole(location: VaultLocation, role: RoleSettings | undefined, claim: Claim): void {
  const own = readPolicy(location).name;
  const policies = (role?.policies ?? []).filter((policy) => policy !== "default" && !isOneName(policy, own));
  if (policies.length === 0 || claim.adopt) return;
  const environments = claim.neighbours
    .filter((other) => policies.some((policy) => isOneName(policy, `${pathIn(other, location)}/read`)))
    .map(({ environment }) => environment);
  const details = { role: credentialName(location), policies, environments };
  throw new PhalanxError(diagnostic("approle-not-adopted", details, { subject: { environment: claim.environment } }));
}

/** What an environment is about to do with credentials of these names. */
export interface Replacing {
  readonly policy: EnvironmentPolicy;
  /** Whether older credentials are ended. */
  readonly endsOld: () => Promise<boolean>;
}

/**
 * Environments whose policies, AppRole and write tokens have the names of this one's: their prefix was copied, or differs
 * in the mount alone.
 */
export function sharersOf(location: VaultLocation, neighbours: readonly Neighbour[]): readonly string[] {
  return alikeOf(location, neighbours).map(({ environment }) => environment);
}

/**
 * The same, once it is sure that they lose nothing.
 *
 * @throws PhalanxError if their credentials would be ended, or their policy be written over.
 */
export async function refuseEndingOthers(
  session: VaultSession,
  location: VaultLocation,
  claim: Claim,
  { policy, endsOld }: Replacing,
): Promise<readonly string[]> {
  const alike = alikeOf(location, claim.neighbours);
  const environments = sharersOf(location, claim.neighbours);
  if (alike.length === 0 || claim.adopt) return environments;
  const ends = await endsOld();
  if (ends || (!alike.every((other) => isThere(other, location)) && (await isOther(session, policy)))) {
    const details = { path: location.path, environments, takes: ends ? "credentials" : "policy" } as const;
    throw new PhalanxError(
      diagnostic("credentials-not-adopted", details, { subject: { environment: claim.environment } }),
    );
  }
  return environments;
}

function alikeOf(location: VaultLocation, neighbours: readonly Neighbour[]): readonly Neighbour[] {
  return neighbours.filter((other) => isOneName(pathIn(other, location), location.path));
}

/** Whether Vault has a policy of that name with another text: under one mount, all environments write the same. */
async function isOther(session: VaultSession, { name, text }: EnvironmentPolicy): Promise<boolean> {
  const there = await getPolicy(session, name);
  return there !== undefined && there !== text;
}

/** Vault keeps the names of policies and AppRoles in lower case. */
function isOneName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function isThere(other: Neighbour, location: VaultLocation): boolean {
  return vaultPrefix(other) === vaultPrefix(location);
}

/** The path of another environment below its mount. A mount that this environment shares may have slashes. */
function pathIn(other: Neighbour, { mount }: VaultLocation): string {
  const prefix = vaultPrefix(other);
  return prefix.startsWith(`${mount}/`) ? prefix.slice(mount.length + 1) : other.path;
}
