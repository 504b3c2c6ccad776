import type { Place } from "./diagnostic.js";
import type { WrittenSecret } from "./written-secret.js";

/** The rule of a secret that a condition belongs to. */
export type RuleName = "secret" | "copy" | "generate";

/** The result of one condition of a secret. */
export interface ConditionOutcome {
  readonly of: RuleName;
  readonly path: string;
  readonly holds: boolean;
  /** The position of the deciding Helm value; undefined if it is not set. */
  readonly decidedBy: Place | undefined;
}

/** The declaration of one secret, whether or not it is required. */
export interface Declaration {
  readonly position: Place;
  readonly written: WrittenSecret;
  readonly conditions: readonly ConditionOutcome[];
  /** The position of its source's name. */
  readonly source: () => Place;
}
