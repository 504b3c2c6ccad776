import type { SecretRef } from "./secret.js";

/** What phalanx treats otherwise than the original program of the Rubin Observatory does. */
export type DifferenceKind =
  /** A hash or a time that is older than what it is made from, or a copy of one: the original leaves it. */
  | "stale-hash"
  /** Declared by a rule that the original refuses together with the whole file. */
  | "extension"
  /** Without a source of static secrets, the original empties the OpenID Connect clients, and copies of them follow. */
  | "clients-kept"
  /** Over a deleted version, the original generates anew without a word. */
  | "deleted-kept"
  /** Holds no string where a value is needed: the original takes it, or stops with a traceback. */
  | "not-a-string"
  /** Beside a number that the server may have rounded: the original writes the rounded one back. */
  | "rounded-kept"
  /** Copied from an excluded application: the original cannot resolve it. */
  | "excluded-source"
  /** The original writes an excluded pull secret all the same. */
  | "pull-secret-excluded"
  /** Required by an environment that shares the prefix: the original deletes it with --delete. */
  | "sibling-kept"
  /** A folder of the same name as a KV secret, its key empty: the original deletes that secret with --delete. */
  | "folder-kept";

export interface OriginalDifference extends SecretRef {
  readonly kind: DifferenceKind;
  /** What it is made or copied from; the keys that may be rounded; the environments that need it. */
  readonly because?: readonly string[];
}

/** A difference that is about the environment's prefix as a whole. */
export type PrefixDifference =
  /** The original writes to the mount `secret` whatever the prefix says. */
  | { readonly kind: "other-mount"; readonly mount: string; readonly path: string }
  /** What is there was written for other environments, and phalanx asks before it takes it over. */
  | { readonly kind: "other-environment"; readonly environments: readonly string[] };
