import type { ApplicationPlan } from "./plan.js";
import type { StoredValue } from "./secret-value.js";

interface WriteBase {
  readonly application: string;
  /** The part of the plan that this carries out. */
  readonly planned: ApplicationPlan;
}

/** A new version with check-and-set. */
export interface PutWrite extends WriteBase {
  readonly kind: "put";
  /** The version that must be the latest one: 0 if there must be none. */
  readonly cas: number;
  /** Everything that the new version holds. */
  readonly values: ReadonlyMap<string, StoredValue>;
}

/**
 * A soft delete, or an undelete, of exactly one version: what somebody wrote meanwhile survives. A purge concerns all
 * versions; it only happens while this one is the latest.
 */
export interface VersionWrite extends WriteBase {
  readonly kind: "delete" | "undelete" | "purge";
  readonly version: number;
}

/** An older, deleted version becomes the latest again: undelete, read, write, delete. */
export interface RecoverWrite extends WriteBase {
  readonly kind: "recover";
  readonly from: number;
  readonly cas: number;
}

/** What is done to one application's KV secret. */
export type ApplicationWrite = PutWrite | VersionWrite | RecoverWrite;
