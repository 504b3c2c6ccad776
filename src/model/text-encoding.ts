/** What some programs begin a text with, and what belongs to no value. */
export const BYTE_ORDER_MARK = "\uFEFF";

/** What bytes that are not UTF-8 are known to be. */
export interface NotUtf8 {
  readonly encoding?: "UTF-16";
}

/**
 * The text of a file; undefined if it is not UTF-8. A lenient decoder would put U+FFFD into values in silence. A byte
 * order mark stays, since positions count from it.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  // Without a mark, English in UTF-16 is UTF-8 with a NUL beside every letter.
  if (isUtf16(bytes)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What to say of bytes that `decodeUtf8` refuses. */
export function encodingOf(bytes: Uint8Array): NotUtf8 {
  return isUtf16(bytes) ? { encoding: "UTF-16" } : {};
}

/** A text without the mark at its beginning. */
export function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/** The text of bytes that are UTF-16; undefined of others. */
export function decodeUtf16(bytes: Uint8Array): string | undefined {
  const order = utf16Order(bytes);
  return order === undefined ? undefined : new TextDecoder(order).decode(bytes);
}

function isUtf16(bytes: Uint8Array): boolean {
  return utf16Order(bytes) !== undefined;
}

/** As its mark says, or the NUL beside every letter. */
function utf16Order(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (bytes.length < 4 || bytes.length % 2 !== 0 || (first === 0) === (second === 0)) return undefined;
  const high = first === 0 ? 0 : 1;
  const nul = (byte: number, i: number): boolean => (byte === 0) === (i % 2 === high);
  return bytes.every(nul) ? (high === 0 ? "utf-16be" : "utf-16le") : undefined;
}
