/** A word quoted for a POSIX shell; unquoted if nothing in it is special. */
export function shellWord(text: string): string {
  return /^[\w./:@%+,-][\w./:@%+=,-]*$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command line to paste. Every printed command that contains a name is made by this. */
export function commandLine(...words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}
