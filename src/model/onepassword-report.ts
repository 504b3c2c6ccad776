import type { AnyDiagnostic } from "./diagnostic.js";

/** The state of an item's field; `superfluous`: nothing needs it. */
export type FieldState = "ok" | "empty" | "missing" | "superfluous";

/** The state of an item: `absent` if nothing needs it, `ambiguous` if several have its title. */
export type ItemState = "ok" | "incomplete" | "missing" | "created" | "absent" | "ambiguous";

export interface FieldReport {
  readonly label: string;
  readonly state: FieldState;
  /** Whether the field contains the value in base64. */
  readonly encoded: boolean;
  /** If it is missing: a label that differs only in case or whitespace. */
  readonly near?: string;
}

export interface ItemReport {
  readonly title: string;
  /** Whether it is optional for the environment. */
  readonly optional: boolean;
  readonly state: ItemState;
  /** If it is missing: a title that differs only in case or whitespace. */
  readonly near?: string;
  readonly fields: readonly FieldReport[];
  /** The clients or registries of a structured item. */
  readonly sections: readonly string[];
}

/** What an environment needs from its 1Password vault, and what the vault contains. Contains no value. */
export interface OnepasswordReport {
  readonly environment: string;
  readonly vault: string;
  readonly items: readonly ItemReport[];
  /** Titles of items that nothing needs. */
  readonly superfluousItems: readonly string[];
  readonly problems: readonly AnyDiagnostic[];
}

export function missingItems({ items }: OnepasswordReport): readonly ItemReport[] {
  return items.filter(({ state }) => state === "missing");
}

/** The missing items that have to be created, not just renamed: a second one would be mistaken for the first. */
export function itemsToMake(report: OnepasswordReport): readonly ItemReport[] {
  return missingItems(report).filter(({ near }) => near === undefined);
}

/** Existing items that lack a field, which a person has to add. */
export function incompleteItems({ items }: OnepasswordReport): readonly ItemReport[] {
  return items.filter(({ state, optional }) => state === "incomplete" && !optional);
}

/** Whether an audit or a sync would find everything. */
export function isComplete(report: OnepasswordReport): boolean {
  return missingItems(report).length + incompleteItems(report).length + report.problems.length === 0;
}
