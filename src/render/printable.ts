/**
 * What is not seen, or what moves the cursor, turns text or looks like a space. Anything that has no meaning by itself
 * or none yet is among it, so that two names that are shown alike are alike.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/** A text in which everything that is not seen is written otherwise. */
export function withSeen(text: string, write: (character: string) => string): string {
  return text.replaceAll(UNSEEN, write);
}

/** A name from the configuration as it can be shown: on one line, and nothing in it that is not seen. */
export function printable(text: string): string {
  return withSeen(text, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** Prose from the configuration, on one line. */
export function oneLine(text: string): string {
  return printable(text.trim().replaceAll(/\s+/g, " "));
}
