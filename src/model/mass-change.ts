/** What counts: deleted values, or also changed ones. */
export type MassKind = "deletions" | "changes";

/** A plan that touches suspiciously much. */
export interface MassChange {
  readonly counts: MassKind;
  readonly count: number;
  /** The number of all existing keys. */
  readonly existing: number;
}
