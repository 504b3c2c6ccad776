/** What counts: values that go, or also those that become others. */
export type MassKind = "deletions" | "changes";

/** A plan that touches suspiciously much. */
export interface MassChange {
  readonly counts: MassKind;
  readonly count: number;
  /** All keys that there are. */
  readonly existing: number;
}
