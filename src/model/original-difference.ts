import type { SecretRef } from "./secret.js";

/** What phalanx does differently from the original program of the Rubin Observatory. */
export type DifferenceKind =
  /** A hash or a time that is older than its source, or a copy of one: the original leaves it as it is. */
  | "stale-hash"
  /** Declared by a rule for which the original rejects the whole file. */
  | "extension"
  /** Without a source of static secrets, the original empties the OpenID Connect clients, and copies of them follow. */
  | "clients-kept"
  /** The original silently generates a new value over a deleted version. */
  | "deleted-kept"
  /** Not a string where a value is required: the original accepts it, or stops with a traceback. */
  | "not-a-string"
  /** Next to a number that the server may have rounded: the original writes the rounded one back. */
  | "rounded-kept"
  /** Copied from an excluded application: the original cannot resolve it. */
  | "excluded-source"
  /** The original writes an excluded pull secret anyway. */
  | "pull-secret-excluded"
  /** Required by an environment that shares the prefix: the original deletes it with --delete. */
  | "sibling-kept"
  /** A folder with the name of a KV secret, with an empty key: the original deletes that secret with --delete. */
  | "folder-kept";

export interface OriginalDifference extends SecretRef {
  readonly kind: DifferenceKind;
  /** Its sources; the keys that may be rounded; the environments that need it. */
  readonly because?: readonly string[];
}

/** A difference that concerns the environment's whole prefix. */
export type PrefixDifference =
  /** The original writes to the mount `secret` regardless of the prefix. */
  | { readonly kind: "other-mount"; readonly mount: string; readonly path: string }
  /** Existing data was written for other environments, and phalanx asks before taking it over. */
  | { readonly kind: "other-environment"; readonly environments: readonly string[] };
