import type { AnyDiagnostic } from "./diagnostic.js";

/** How a field of an item stands; `superfluous` is one that nothing needs. */
export type FieldState = "ok" | "empty" | "missing" | "superfluous";

/** How an item stands: `absent` is one that nothing needs, `ambiguous` one of several of its title. */
export type ItemState = "ok" | "incomplete" | "missing" | "created" | "absent" | "ambiguous";

export interface FieldReport {
  readonly label: string;
  readonly state: FieldState;
  /** Whether the field holds base64 of the value. */
  readonly encoded: boolean;
  /** For one that is missing: a label that differs in case or white space only. */
  readonly near?: string;
}

export interface ItemReport {
  readonly title: string;
  /** Whether the environment can do without it. */
  readonly optional: boolean;
  readonly state: ItemState;
  /** For one that is not there: a title that differs in case or white space only. */
  readonly near?: string;
  readonly fields: readonly FieldReport[];
  /** The clients or registries of a structured item. */
  readonly sections: readonly string[];
}

/** What an environment needs of its 1Password vault, and what is there. No value is in it. */
export interface OnepasswordReport {
  readonly environment: string;
  readonly vault: string;
  readonly items: readonly ItemReport[];
  /** Titles of items that nothing needs. */
  readonly superfluousItems: readonly string[];
  readonly problems: readonly AnyDiagnostic[];
}

/** Items that are not there. */
export function missingItems({ items }: OnepasswordReport): readonly ItemReport[] {
  return items.filter(({ state }) => state === "missing");
}

/** Those of them that have to be made, and not only to be renamed: a second one would be mistaken for the first. */
export function itemsToMake(report: OnepasswordReport): readonly ItemReport[] {
  return missingItems(report).filter(({ near }) => near === undefined);
}

/** Items that are there but lack a field, which a person has to add. */
export function incompleteItems({ items }: OnepasswordReport): readonly ItemReport[] {
  return items.filter(({ state, optional }) => state === "incomplete" && !optional);
}

/** Whether an audit or a sync would find everything. */
export function isComplete(report: OnepasswordReport): boolean {
  return missingItems(report).length + incompleteItems(report).length + report.problems.length === 0;
}
