/** What became of a file that was edited. */
export function renderEdited(file: string, changed: boolean): string {
  return changed ? `Encrypted ${file}\n` : `Nothing was changed: ${file} is as it was\n`;
}
