import { PhalanxError } from "../errors.js";
import { placeInVault } from "../manifests/vault-path.js";
import { compareCodePoints } from "../model/code-points.js";
import type { Delivery } from "../model/consumer.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Environment, vaultPrefix } from "../model/environment.js";
import type { Prefix } from "../model/names.js";
import type { ClusterName } from "../model/rollout.js";

/** What identifies a cluster. */
export interface ClusterIdentity {
  readonly cluster: ClusterName;
  /** The UID of its namespace kube-system; undefined if it may not be read. */
  readonly uid: string | undefined;
  /** Everything in it that copies from Vault, as far as it was read. */
  readonly deliveries: readonly Delivery[];
}

/** An environment, and where its secrets are. */
export interface NamedPrefix {
  readonly name: string;
  readonly prefix: Prefix;
}

/** What an operator has said about the cluster. */
export interface ClusterClaim {
  /** The confirmed UID, from now or earlier. */
  readonly confirmed: string | undefined;
  /** The UID given with this command. */
  readonly given: string | undefined;
  /** The command line that confirms a UID. */
  readonly confirming: (uid: string) => string;
}

/**
 * Refuses a cluster that is not this environment's: if nothing in it copies from the environment's prefix, or something
 * copies from that of another environment; and, if environments share the prefix, one that nobody has confirmed.
 *
 * @param others The prefixes of the other environments.
 * @throws PhalanxError
 */
export function recogniseCluster(
  environment: Environment,
  others: readonly NamedPrefix[],
  { cluster, uid, deliveries }: ClusterIdentity,
  { confirmed, given, confirming }: ClusterClaim,
): void {
  const about = { subject: { environment: environment.name } };
  const before = given ?? confirmed;
  if (before !== undefined && uid !== undefined && before !== uid) {
    throw new PhalanxError(diagnostic("cluster-changed", { cluster, before, uid, command: confirming(uid) }, about));
  }
  const paths = deliveries.flatMap(({ by, parts }) => parts.map(({ path }) => ({ by, path })));
  const isBelow = (prefix: Prefix): boolean => paths.some(({ by, path }) => placeInVault(prefix, by, path).below);
  const own = vaultPrefix(environment.vault);
  // What is below our prefix is also below any prefix that contains ours.
  const foreign = others.filter(({ prefix }) => !`${own}/`.startsWith(`${vaultPrefix(prefix)}/`));
  const elsewhere = foreign.filter(({ prefix }) => isBelow(prefix)).map(({ prefix }) => vaultPrefix(prefix));
  if (elsewhere.length > 0 || !isBelow(environment.vault)) {
    const found = elsewhere.length > 0 ? elsewhere : paths.map(({ path }) => path.replace(/\/[^/]*$/, ""));
    const shown = [...new Set(found)].sort(compareCodePoints).slice(0, MOST_SHOWN);
    throw new PhalanxError(diagnostic("cluster-elsewhere", { cluster, prefix: own, elsewhere: shown }, about));
  }
  const sharing = others.filter(({ name, prefix }) => name !== environment.name && vaultPrefix(prefix) === own);
  if (sharing.length === 0 || (uid !== undefined && uid === before)) return;
  throw new PhalanxError(
    diagnostic(
      "cluster-unconfirmed",
      {
        cluster,
        environments: sharing.map(({ name }) => name),
        uid,
        command: uid === undefined ? "" : confirming(uid),
      },
      about,
    ),
  );
}

const MOST_SHOWN = 3;
