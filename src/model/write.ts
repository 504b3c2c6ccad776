import type { ApplicationPlan } from "./plan.js";
import type { StoredValue } from "./secret-value.js";

interface WriteBase {
  /** The application's name. */
  readonly application: string;
  /** The part of the plan that it applies. */
  readonly planned: ApplicationPlan;
}

/** Writes a new version, with check-and-set. */
export interface PutWrite extends WriteBase {
  readonly kind: "put";
  /** The version that must be the latest, or 0 if there must be none. */
  readonly cas: number;
  /** All values of the new version, by key. */
  readonly values: ReadonlyMap<string, StoredValue>;
}

/**
 * Soft-deletes or undeletes exactly one version, so a newer one is not affected. Or destroys all versions, if this one
 * is still the latest.
 */
export interface VersionWrite extends WriteBase {
  readonly kind: "delete" | "undelete" | "purge";
  readonly version: number;
}

/** Writes the values of an older, deleted version as a new one: undelete, read, write, delete. */
export interface RecoverWrite extends WriteBase {
  readonly kind: "recover";
  readonly from: number;
  readonly cas: number;
}

/** A write to one application's KV secret. */
export type ApplicationWrite = PutWrite | VersionWrite | RecoverWrite;
