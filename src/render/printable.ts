/**
 * Characters that are invisible, move the cursor, change the text direction or look like a space. Includes all without
 * a meaning of their own, and unassigned ones, so that two names that look alike are alike.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/** Replaces every invisible character in a text. */
export function withSeen(text: string, write: (character: string) => string): string {
  return text.replaceAll(UNSEEN, write);
}

/** A name from the configuration in printable form: on one line, without invisible characters. */
export function printable(text: string): string {
  return withSeen(text, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** Prose from the configuration, on one line. */
export function oneLine(text: string): string {
  return printable(text.trim().replaceAll(/\s+/g, " "));
}
