import type { WrittenSecret } from "./written-secret.js";

/** Which rule of a secret a condition belongs to. */
export type RuleName = "secret" | "copy" | "generate";

/** How one condition of a secret came out. */
export interface ConditionOutcome {
  readonly of: RuleName;
  readonly path: string;
  readonly holds: boolean;
  /** `file:line:column` of the deciding Helm value; undefined if it is nowhere. */
  readonly decidedBy: string | undefined;
}

/** What the configuration says about one secret, whether or not it is required. */
export interface Declaration {
  /** `file:line:column`. */
  readonly position: string;
  readonly written: WrittenSecret;
  readonly conditions: readonly ConditionOutcome[];
}
