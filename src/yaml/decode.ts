/**
 * The text of a file; undefined if it is not UTF-8. A lenient decoder would put U+FFFD into values in silence. A byte
 * order mark stays, since positions count from it.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
