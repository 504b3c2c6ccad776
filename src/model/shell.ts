/** A word as a POSIX shell reads it back; plain if nothing in it means anything to a shell. */
export function shellWord(text: string): string {
  return /^[\w./:@%+,-][\w./:@%+=,-]*$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command line that can be pasted. Every command that is printed with a name in it is made by this. */
export function commandLine(...words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}
