import type { ApplicationPlan } from "./plan.js";
import type { StoredValue } from "./secret-value.js";

/** One request that changes one application's KV secret. */
export type ApplicationWrite =
  | {
      readonly kind: "put";
      readonly application: string;
      /** The version that must be the latest one: 0 if there must be none. */
      readonly cas: number;
      /** Everything that the new version holds. */
      readonly values: ReadonlyMap<string, StoredValue>;
      readonly planned: ApplicationPlan;
    }
  | {
      /** A soft delete of exactly one version: what somebody wrote meanwhile survives. */
      readonly kind: "delete";
      readonly application: string;
      readonly version: number;
      readonly planned: ApplicationPlan;
    };
