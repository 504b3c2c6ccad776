import { printable } from "./printable.js";

export function renderEdited(file: string, changed: boolean): string {
  return changed ? `Encrypted ${file}\n` : `No changes: ${file} was not written\n`;
}

/** The values written into a file. */
export function renderSet(names: readonly string[], file: string): string {
  return names.map((name) => `Set ${printable(name)} in ${file}\n`).join("");
}

export function renderMerged(names: readonly string[], file: string): string {
  return names.map((name) => `Added ${printable(name)} to ${file}\n`).join("");
}

/** What is still to be done for values in a file. */
export function renderNotSynced(command: string): string {
  return `Nothing was written to Vault. To write it there: ${printable(command)}\n`;
}
