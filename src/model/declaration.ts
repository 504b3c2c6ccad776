import type { Place } from "./diagnostic.js";
import type { WrittenSecret } from "./written-secret.js";

/** Which rule of a secret a condition belongs to. */
export type RuleName = "secret" | "copy" | "generate";

/** How one condition of a secret came out. */
export interface ConditionOutcome {
  readonly of: RuleName;
  readonly path: string;
  readonly holds: boolean;
  /** Where the deciding Helm value stands; undefined if it is nowhere. */
  readonly decidedBy: Place | undefined;
}

/** What the configuration says about one secret, whether or not it is required. */
export interface Declaration {
  readonly position: Place;
  readonly written: WrittenSecret;
  readonly conditions: readonly ConditionOutcome[];
  /** Where the key that it is copied or made from stands. */
  readonly source: () => Place;
}
