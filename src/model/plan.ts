import type { Absence } from "./environment.js";
import type { GenerateRule, SecretRef } from "./secret.js";
import type { StaticOrigin } from "./static-origin.js";

/** Why a key that Vault holds is not required. */
export const UNKNOWN_CLASSES = ["disabled", "condition", "undeclared"] as const;
export type UnknownClass = (typeof UNKNOWN_CLASSES)[number];

/** Why a change is needed. The text that a person reads and the JSON that a program reads both come from it. */
export type Cause =
  | { readonly kind: "missing" }
  | { readonly kind: "empty" }
  | { readonly kind: "not-a-string" }
  | { readonly kind: "static-value-changed" }
  | { readonly kind: "fixed-value-changed" }
  | { readonly kind: "clients-changed" }
  | { readonly kind: "registries-changed" }
  | { readonly kind: "copy-differs"; readonly source: SecretRef }
  | { readonly kind: "source-changes"; readonly source: SecretRef }
  | { readonly kind: "regeneration-requested" }
  | { readonly kind: "unknown"; readonly class: UnknownClass }
  /** The value of an earlier version comes back. */
  | { readonly kind: "restored"; readonly version: number }
  /** A copy of another prefix overwrites it. */
  | { readonly kind: "other-prefix"; readonly prefix: string }
  /** The key did not exist at the moment that comes back. */
  | { readonly kind: "not-there-then" };

export interface Change extends SecretRef {
  readonly action: "create" | "update" | "delete";
  readonly cause: Cause;
}

/** What Vault held when the plan was made. */
export type PlanBase =
  | { readonly kind: "absent" }
  | { readonly kind: "present" | "deleted" | "destroyed"; readonly version: number; readonly createdTime: string };

/** Everything that one write does to one application's KV secret. */
export interface ApplicationPlan {
  readonly application: string;
  /**
   * `delete` and `undelete` concern a whole version and write none; `purge` destroys every version. `recover` takes the values of an older, deleted
   * version: it is undeleted, read, written as a new version, and deleted again.
   */
  readonly action: "create" | "update" | "delete" | "purge" | "undelete" | "recover";
  /** The version that `recover` takes its values from. */
  readonly from?: number;
  readonly base: PlanBase;
  readonly changes: readonly Change[];
}

export interface UnknownSecret extends SecretRef {
  readonly class: UnknownClass;
  /** Vault may be the only place that has the value: once its older versions are gone, a deleted one is lost. */
  readonly unsourced: boolean;
}

/** Why a secret has no value. */
export type UnresolvedReason =
  | { readonly kind: "cycle"; readonly members: readonly SecretRef[] }
  /** It is made from one that is not there; `meant`: the one that its name may be a slip of. */
  | { readonly kind: `source-${Absence}`; readonly source: SecretRef; readonly meant?: SecretRef }
  | { readonly kind: "source-unresolved" | "source-excluded" | "source-not-chosen"; readonly source: SecretRef }
  | { readonly kind: "source-too-long"; readonly source: SecretRef }
  | { readonly kind: "template-too-long" }
  | {
      readonly kind: "no-static-value";
      readonly origin: StaticOrigin | "vault";
      /** The file of static secrets that it could stand in. */
      readonly file?: string;
      /** The latest version of its application is soft-deleted, and may have held the value. */
      readonly deletedVersion?: number;
    }
  /** What Vault holds; with the generator, where a static value is not what is wanted. */
  | { readonly kind: "not-a-string"; readonly rule?: GenerateRule["type"] };

/** What is wrong with the configuration itself, whatever Vault and other sources hold. */
export type WrittenReason = Extract<
  UnresolvedReason,
  { readonly kind: "cycle" | `source-${Absence}` | "source-too-long" | "template-too-long" }
>;

/** A secret without a value, and why. */
export interface UnresolvedSecret extends SecretRef {
  readonly reason: UnresolvedReason;
}

/** An application that must not be written as planned: something in it would be lost. */
export type BlockedApplication =
  | {
      /** Generating over a deleted version would bury values that an undelete, or an older version, brings back. */
      readonly kind: "deleted" | "destroyed";
      readonly application: string;
      readonly version: number;
      /** RFC 3339. */
      readonly deletionTime: string;
      /** The keys that would be generated anew. */
      readonly keys: readonly string[];
    }
  | {
      /** Keys of somebody else hold numbers that the server does not answer exactly, so they cannot be carried over. */
      readonly kind: "inexact";
      readonly application: string;
      readonly version: number;
      readonly keys: readonly string[];
    };

/** The difference between what an environment requires and what Vault holds. It holds no value. */
export interface Plan {
  readonly environment: string;
  /** Applications that change, in code point order. */
  readonly applications: readonly ApplicationPlan[];
  /** Keys that nobody requires, whether or not this plan deletes them. */
  readonly unknown: readonly UnknownSecret[];
  readonly unresolved: readonly UnresolvedSecret[];
  readonly blocked: readonly BlockedApplication[];
  /** Whether it is carried out although something is unresolved or blocked. */
  readonly partial?: boolean;
}

/** Every change of a plan. */
export function changesOf({ applications }: Pick<Plan, "applications">): Change[] {
  return applications.flatMap(({ changes }) => changes);
}

/** A generated value in Vault that is not what its generator makes, such as the hash of an older password. */
export interface FailedVerification extends SecretRef {
  readonly reason:
    | { readonly kind: "wrong-format"; readonly generator: GenerateRule["type"] }
    | { readonly kind: "hash-of-something-else"; readonly source: SecretRef };
}
