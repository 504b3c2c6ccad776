import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { credentialName, type Neighbour, type VaultLocation, vaultPrefix } from "../model/environment.js";
import type { RoleSettings } from "../vault/app-role.js";
import { readPolicy } from "../vault/policies.js";

/** Who makes credentials, and who else may have some of the same names. */
export interface Claim {
  readonly environment: string;
  /** The other environments of the server. */
  readonly neighbours: readonly Neighbour[];
  /** Whether what belongs to others is taken over. */
  readonly adopt: boolean;
}

/**
 * The name of an AppRole is only the last component of the prefix, so that of another environment may have it, too.
 *
 * @throws PhalanxError if the role gives other policies than the environment's.
 */
export function refuseForeignRole(location: VaultLocation, role: RoleSettings | undefined, claim: Claim): void {
  const own = readPolicy(location).name;
  const policies = (role?.policies ?? []).filter((policy) => policy !== own && policy !== "default");
  if (policies.length === 0 || claim.adopt) return;
  const environments = claim.neighbours
    .filter((other) => policies.includes(`${pathIn(other, location)}/read`))
    .map(({ environment }) => environment);
  const details = { role: credentialName(location), policies, environments };
  throw new PhalanxError(diagnostic("approle-not-adopted", details, { subject: { environment: claim.environment } }));
}

/** The path of another environment below its mount; which may have slashes, if it is that of the environment at hand. */
function pathIn(other: Neighbour, { mount }: VaultLocation): string {
  const prefix = vaultPrefix(other);
  return prefix.startsWith(`${mount}/`) ? prefix.slice(mount.length + 1) : other.path;
}
