import { isUtf8 } from "node:buffer";
import { decodeUtf16 } from "../../model/text-encoding.js";

// Only as much of https://age-encryption.org/v1 as tells one file from another. This module loads nothing large.

/** A mark at the beginning harms nothing: armour is text. */
const ARMOUR = /^(?:\u00EF\u00BB\u00BF)?\s*-----BEGIN AGE ENCRYPTED FILE-----/;
const VERSION = "age-encryption.org/";

/** Whether the content is encrypted with age, whatever the file is called. */
export function looksLikeAge(content: Uint8Array): boolean {
  const start = latin1(content.subarray(0, 256));
  return start.startsWith(VERSION) || ARMOUR.test(start) || rewrittenAge(content) !== undefined;
}

/** What a program that takes every file for text has made of one. */
export interface RewrittenAge {
  readonly encoding: "UTF-8" | "UTF-16";
  readonly armoured: boolean;
}

/** Whether the content was an age file until somebody saved it anew as text. */
export function rewrittenAge(content: Uint8Array): RewrittenAge | undefined {
  const wide = decodeUtf16(content.subarray(0, 512));
  if (wide !== undefined) {
    const armoured = ARMOUR.test(wide);
    return armoured || wide.startsWith(VERSION) ? { encoding: "UTF-16", armoured } : undefined;
  }
  const start = latin1(content.subarray(0, 64));
  const isBinary = start.startsWith(VERSION) || start.startsWith(`\u00EF\u00BB\u00BF${VERSION}`);
  // What is encrypted is no text, unless every byte of it was taken for a letter.
  return isBinary && content.some((byte) => byte > 0x7f) && isUtf8(content)
    ? { encoding: "UTF-8", armoured: false }
    : undefined;
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
