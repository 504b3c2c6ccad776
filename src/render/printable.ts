/** A name from the configuration as it can be shown: on one line, and without what moves the cursor or turns text. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]|\p{Cs}/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** Prose from the configuration, on one line. */
export function oneLine(text: string): string {
  return printable(text.trim().replaceAll(/\s+/g, " "));
}
