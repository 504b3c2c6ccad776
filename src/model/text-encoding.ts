/** Some programs start a text with it; it belongs to no value. */
export const BYTE_ORDER_MARK = "\uFEFF";

type Utf16 = "UTF-16LE" | "UTF-16BE";

/**
 * The detected encoding of bytes that are not UTF-8, by its name in iconv: without a mark, iconv needs the byte order.
 */
export interface NotUtf8 {
  readonly encoding?: "UTF-16" | Utf16;
}

/**
 * The text of a file; undefined if it is not UTF-8. A lenient decoder would silently put U+FFFD into values. Keeps a
 * byte order mark, since positions count from it.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  // Without a mark, English in UTF-16 is UTF-8 with a NUL beside every letter.
  if (utf16Order(bytes) !== undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What to report about bytes that `decodeUtf8` rejects. */
export function encodingOf(bytes: Uint8Array): NotUtf8 {
  const order = utf16Order(bytes);
  if (order === undefined) return {};
  return { encoding: markedOrder(bytes) === undefined ? order : "UTF-16" };
}

/** A text without a leading mark. */
export function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/** The text of UTF-16 bytes; undefined for others. */
export function decodeUtf16(bytes: Uint8Array): string | undefined {
  const order = utf16Order(bytes);
  return order === undefined ? undefined : new TextDecoder(order).decode(bytes);
}

/** From its mark, or from the NUL beside most letters: few languages do without any English letters. */
function utf16Order(bytes: Uint8Array): Utf16 | undefined {
  const mark = markedOrder(bytes);
  if (mark !== undefined || bytes.length < 4 || bytes.length % 2 !== 0 || !bytes.includes(0)) return mark;
  let [first, second] = [0, 0];
  for (let i = 0; i < bytes.length; i += 2) {
    if (bytes[i] === 0) first += 1;
    if (bytes[i + 1] === 0) second += 1;
  }
  const [most, least] = [Math.max(first, second), Math.min(first, second)];
  // The other byte is zero too if the text itself contains a NUL, or a letter such as U+0100.
  return most >= bytes.length / 4 && most > 4 * least ? (first > second ? "UTF-16BE" : "UTF-16LE") : undefined;
}

function markedOrder([first, second]: Uint8Array): Utf16 | undefined {
  if (first === 0xff && second === 0xfe) return "UTF-16LE";
  return first === 0xfe && second === 0xff ? "UTF-16BE" : undefined;
}
