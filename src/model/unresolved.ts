import { refId, type SecretRef } from "./secret.js";
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
  | { readonly kind: "template-too-long" }
  | {
      readonly kind: "no-static-value";
      readonly origin: StaticOrigin | "vault";
      /** The latest version of its application is soft-deleted, and may have held the value. */
      readonly deletedVersion?: number;
    }
  | { readonly kind: "not-a-string" };

/** What is wrong with the configuration itself, whatever Vault and other sources hold. */
export type WrittenReason = Extract<
  UnresolvedReason,
  {
    readonly kind:
      | "cycle"
      | "source-application-not-enabled"
      | "source-condition-false"
      | "source-undeclared"
      | "source-too-long"
      | "template-too-long";
  }
>;

/** A secret without a value, and why. */
export interface UnresolvedSecret extends SecretRef {
  readonly reason: UnresolvedReason;
}

/** As many members of a cycle as help to break it. */
const SHOWN = 10;

/** `a/x <- a/y <- a/x`, cut if it is long. */
export function cycleText(members: readonly SecretRef[]): string {
  const more = members.length - SHOWN;
  const shown = members.slice(0, SHOWN).map(refId);
  return [...shown, ...(more > 0 ? [`… ${more} more`] : []), ...shown.slice(0, 1)].join(" <- ");
}
