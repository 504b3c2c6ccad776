import type { Absence } from "./environment.js";
import type { GenerateRule, SecretRef } from "./secret.js";
import type { StaticOrigin } from "./static-origin.js";

/** See {@link UnknownClass}. */
export const UNKNOWN_CLASSES = ["disabled", "condition", "undeclared"] as const;
/**
 * Why a key in Vault is not required: its application is `disabled`, its `condition` is false, or it is `undeclared`.
 */
export type UnknownClass = (typeof UNKNOWN_CLASSES)[number];

/** Where a generated value that is gone was last, as far as noted. */
export type Held = {
  /** The version. */
  readonly heldIn?: number;
  /** Whether another program has written since, and may have changed it. */
  readonly mayBeOlder?: true;
};

/** What has become of that version. */
export type HeldState = "readable" | "deleted" | "destroyed" | "pushed-out";

/** A restore soft-deleted the latest version. `before`: the version from before the run that wrote it, if known. */
export type TakenBack = {
  readonly before?: number;
};

/** Why a change is needed. */
export type Cause =
  | (Held & { readonly kind: "missing" })
  | { readonly kind: "empty" }
  | { readonly kind: "not-a-string" }
  | { readonly kind: "static-value-changed" }
  | { readonly kind: "fixed-value-changed" }
  /** `isEmptied`: the static source names none. */
  | { readonly kind: "clients-changed"; readonly isEmptied?: true }
  | { readonly kind: "registries-changed" }
  /** `isSourceMissing`: Vault does not hold the source, so the copy is the only value. */
  | { readonly kind: "copy-differs"; readonly source: SecretRef; readonly isSourceMissing?: true }
  | { readonly kind: "source-changes"; readonly source: SecretRef }
  /** Its text, or a source, changed before this plan. */
  | { readonly kind: "template-differs" }
  | { readonly kind: "regeneration-requested" }
  | { readonly kind: "unknown"; readonly class: UnknownClass }
  /** The value of an earlier version is restored. */
  | { readonly kind: "restored"; readonly version: number }
  /** It is copied from another prefix. */
  | { readonly kind: "other-prefix"; readonly prefix: string }
  /** A copy from another prefix replaces the whole secret, and that prefix does not have the key. */
  | { readonly kind: "not-at-other-prefix"; readonly prefix: string }
  /** The key did not exist at the point in time that is restored. `heldIn`: the last version before that with a value. */
  | { readonly kind: "not-there-then"; readonly heldIn?: number };

/** A change to one key. */
export interface Change extends SecretRef {
  /** What happens to the key. */
  readonly action: "create" | "update" | "delete";
  /** Why. */
  readonly cause: Cause;
}

/** The state of an application's KV secret when the plan was made. `createdTime` is RFC 3339. */
export type PlanBase =
  | { readonly kind: "absent" }
  | { readonly kind: "present" | "deleted" | "destroyed"; readonly version: number; readonly createdTime: string };

/** The changes to one application's KV secret, made in one write. */
export interface ApplicationPlan {
  /** The application's name. */
  readonly application: string;
  /**
   * `create` and `update` write a new version. `delete` soft-deletes the latest version, `undelete` restores it, `purge`
   * destroys all versions. `recover` writes the values of an older, deleted version as a new one.
   */
  readonly action: "create" | "update" | "delete" | "purge" | "undelete" | "recover";
  /** The version that `recover` restores. */
  readonly from?: number;
  /** The state that the plan was made from. */
  readonly base: PlanBase;
  /** The changes to its keys. */
  readonly changes: readonly Change[];
}

/** A key in Vault that the environment does not require. */
export interface UnknownSecret extends SecretRef {
  /** Why it is not required. */
  readonly class: UnknownClass;
  /** Whether the value may exist only in Vault, and so be lost if deleted. */
  readonly unsourced: boolean;
}

/** Why a secret has no value. */
export type UnresolvedReason =
  | { readonly kind: "cycle"; readonly members: readonly SecretRef[] }
  /** It is derived from a secret that does not exist. `meant`: the secret that was probably meant. */
  | { readonly kind: `source-${Absence}`; readonly source: SecretRef; readonly meant?: SecretRef }
  | { readonly kind: "source-unresolved"; readonly source: SecretRef }
  | (Held & {
      /** `blocked`: its application is left out of a partial plan, because it cannot be written without losing data. */
      readonly kind: "source-excluded" | "source-not-chosen" | "source-blocked";
      readonly source: SecretRef;
      /** The latest version of its application, if it is soft-deleted. It may contain the value. */
      readonly deletedVersion?: number;
      readonly takenBack?: TakenBack;
    })
  | { readonly kind: "source-too-long"; readonly source: SecretRef }
  | { readonly kind: "template-too-long" }
  | {
      readonly kind: "no-static-value";
      readonly origin: StaticOrigin | "vault";
      /** The static secrets file that should contain it. */
      readonly file?: string;
      /** The latest version of its application, if it is soft-deleted. It may contain the value. */
      readonly deletedVersion?: number;
      readonly takenBack?: TakenBack;
      /** Whether there are earlier versions, which may contain it. */
      readonly hasHistory?: true;
    }
  /** Vault holds something other than a string. */
  | {
      readonly kind: "not-a-string";
      /** Its generator, if it has one. */
      readonly rule?: GenerateRule["type"];
      /** Whether there are earlier versions, which may contain a string. */
      readonly hasHistory?: true;
    };

/** Reasons in the configuration itself, whatever Vault and the static secrets contain. */
export type WrittenReason = Extract<
  UnresolvedReason,
  { readonly kind: "cycle" | `source-${Absence}` | "source-too-long" | "template-too-long" }
>;

/** A secret without a value, and why. */
export interface UnresolvedSecret extends SecretRef {
  /** Why it has no value. */
  readonly reason: UnresolvedReason;
}

/** An application that cannot be written without losing data. */
export type BlockedApplication =
  | {
      /** A new version would bury the deleted or destroyed one. */
      readonly kind: "deleted" | "destroyed";
      readonly application: string;
      readonly version: number;
      /** RFC 3339. */
      readonly deletionTime: string;
      readonly takenBack?: TakenBack;
      /** The keys that would be regenerated. */
      readonly keys: readonly string[];
    }
  | {
      /** It has keys with numbers that the server rounds in its responses, so writing them back would change them. */
      readonly kind: "inexact";
      readonly application: string;
      readonly version: number;
      readonly keys: readonly string[];
    };

/** The changes that make Vault hold what an environment requires. Contains no values. */
export interface Plan {
  /** The environment's name. */
  readonly environment: string;
  /** Applications to change, in code point order. */
  readonly applications: readonly ApplicationPlan[];
  /** Keys in Vault that are not required, whether or not the plan deletes them. */
  readonly unknown: readonly UnknownSecret[];
  /** Secrets without a value. Unless `partial`, the plan cannot be applied while there are any. */
  readonly unresolved: readonly UnresolvedSecret[];
  /** Applications that must not be written. Unless `partial`, the plan cannot be applied while there are any. */
  readonly blocked: readonly BlockedApplication[];
  /** Whether to apply the rest if something is unresolved or blocked. */
  readonly partial?: boolean;
}

/** Every change of a plan. */
export function changesOf({ applications }: Pick<Plan, "applications">): Change[] {
  return applications.flatMap(({ changes }) => changes);
}

/** A generated value in Vault that its generator cannot have produced, such as the hash of an older password. */
export interface FailedVerification extends SecretRef {
  readonly reason:
    | { readonly kind: "wrong-format"; readonly generator: GenerateRule["type"] }
    | { readonly kind: "hash-of-something-else"; readonly source: SecretRef };
}
