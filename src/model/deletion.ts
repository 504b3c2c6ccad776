import type { UnknownClass } from "./plan.js";
import type { SecretRef } from "./secret.js";

export const UNKNOWN_CLASSES = ["disabled", "condition", "undeclared"] as const satisfies readonly UnknownClass[];

/** Which of the keys that nobody requires a sync deletes. */
export interface Deletion {
  readonly classes: ReadonlySet<UnknownClass>;
  /** Whether a value goes although no other source of it is known. */
  readonly includeUnsourced: boolean;
  /** Whether whole secrets are destroyed, all versions, instead of deleted softly. */
  readonly purge: boolean;
  /** What is protected whatever else is said. */
  readonly keep: (ref: SecretRef) => boolean;
}

/** What a declared secret is, whether or not it is required in the environment. */
export type DeclaredKind = "static" | "copy" | "generate" | "fixed";
