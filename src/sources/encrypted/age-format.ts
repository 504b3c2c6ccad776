// Only as much of https://age-encryption.org/v1 as tells one file from another. This module loads nothing.

const ARMOUR = /^\s*-----BEGIN AGE ENCRYPTED FILE-----/;
const VERSION = "age-encryption.org/";

/** Whether the content is encrypted with age, whatever the file is called. */
export function looksLikeAge(content: Uint8Array): boolean {
  const start = latin1(content.subarray(0, 256));
  return start.startsWith(VERSION) || ARMOUR.test(start);
}

/** Whether the content is in the form that survives a mail or a paste. */
export function isArmoured(content: Uint8Array): boolean {
  return ARMOUR.test(latin1(content.subarray(0, 256)));
}

/**
 * The type of each recipient in the header of a binary file. Those that mean nothing (`-grease`), which some programs
 * add so that readers do not get used to what they know, are left out.
 */
export function recipientTypes(file: Uint8Array): readonly string[] {
  const text = latin1(file);
  const header = text.slice(0, Math.max(text.indexOf("\n--- "), 0));
  return [...header.matchAll(/\n-> (\S+)/g)].map(([, type = ""]) => type).filter((type) => !type.endsWith("-grease"));
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
