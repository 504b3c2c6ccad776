import type { SecretRef } from "./secret.js";
import type { StaticOrigin } from "./static-origin.js";

/** Why a secret has no value. */
export type UnresolvedReason =
  | { readonly kind: "cycle"; readonly members: readonly SecretRef[] }
  | { readonly kind: "source-application-not-enabled"; readonly source: SecretRef }
  | { readonly kind: "source-condition-false"; readonly source: SecretRef }
  | { readonly kind: "source-undeclared"; readonly source: SecretRef }
  | { readonly kind: "source-unresolved"; readonly source: SecretRef }
  | { readonly kind: "source-excluded"; readonly source: SecretRef }
  | { readonly kind: "source-too-long"; readonly source: SecretRef }
  | {
      readonly kind: "no-static-value";
      readonly origin: StaticOrigin | "vault";
      /** The latest version of its application is soft-deleted, and may have held the value. */
      readonly deletedVersion?: number;
    }
  | { readonly kind: "not-a-string" };

/** A secret without a value, and why. */
export interface UnresolvedSecret extends SecretRef {
  readonly reason: UnresolvedReason;
}
