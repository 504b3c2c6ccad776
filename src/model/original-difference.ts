import type { SecretRef } from "./secret.js";

/** What phalanx treats otherwise than the original program of the Rubin Observatory does. */
export type DifferenceKind =
  /** A hash or a time that is older than what it is made from: the original leaves it. */
  | "stale-hash"
  /** Declared by a rule that the original refuses together with the whole file. */
  | "extension"
  /** Without a source of static secrets, the original empties the OpenID Connect clients. */
  | "clients-kept"
  /** Over a deleted version, the original generates anew without a word. */
  | "deleted-kept"
  /** Required by an environment that shares the prefix: the original deletes it with --delete. */
  | "sibling-kept";

export interface OriginalDifference extends SecretRef {
  readonly kind: DifferenceKind;
  /** What it is made from, for a hash or a time; the environments that need it, for `sibling-kept`. */
  readonly because?: readonly string[];
}
