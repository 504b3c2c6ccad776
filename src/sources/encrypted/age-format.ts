import { isUtf8 } from "node:buffer";
import { decodeUtf16 } from "../../model/text-encoding.js";

// Only as much of https://age-encryption.org/v1 as is needed to recognise files. This module loads nothing large.

/** A leading byte order mark does no harm: armour is text. */
const ARMOUR = /^(?:\u00EF\u00BB\u00BF)?\s*-----BEGIN AGE ENCRYPTED FILE-----/;
const VERSION = "age-encryption.org/";

/** Whether the content is encrypted with age, under any file name. */
export function looksLikeAge(content: Uint8Array): boolean {
  const start = latin1(content.subarray(0, 256));
  return start.startsWith(VERSION) || ARMOUR.test(start) || rewrittenAge(content) !== undefined;
}

/** What a program that treats every file as text has made of an age file. */
export interface RewrittenAge {
  readonly encoding: "UTF-8" | "UTF-16";
  readonly armoured: boolean;
}

/** Whether the content was an age file until someone saved it again as text. */
export function rewrittenAge(content: Uint8Array): RewrittenAge | undefined {
  const wide = decodeUtf16(content.subarray(0, 512));
  if (wide !== undefined) {
    const armoured = ARMOUR.test(wide);
    return armoured || wide.startsWith(VERSION) ? { encoding: "UTF-16", armoured } : undefined;
  }
  const start = latin1(content.subarray(0, 64));
  const isBinary = start.startsWith(VERSION) || start.startsWith(`\u00EF\u00BB\u00BF${VERSION}`);
  // Encrypted content is not text, unless every byte of it was read as a letter.
  return isBinary && content.some((byte) => byte > 0x7f) && isUtf8(content)
    ? { encoding: "UTF-8", armoured: false }
    : undefined;
}

/** Whether the content is in the form that survives e-mail and copying. */
export function isArmoured(content: Uint8Array): boolean {
  return ARMOUR.test(latin1(content.subarray(0, 256)));
}

/**
 * The type of each recipient in the header of a binary file. Omits meaningless ones (`-grease`), which some programs
 * add to keep parsers from accepting only known types.
 */
export function recipientTypes(file: Uint8Array): readonly string[] {
  const text = latin1(file);
  const header = text.slice(0, Math.max(text.indexOf("\n--- "), 0));
  return [...header.matchAll(/\n-> (\S+)/g)].map(([, type = ""]) => type).filter((type) => !type.endsWith("-grease"));
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
