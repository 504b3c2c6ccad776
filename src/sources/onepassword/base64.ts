import { decodeUtf8 } from "../../yaml/decode.js";

/**
 * The text whose UTF-8 bytes a field holds in base64; undefined if it holds anything else. White space counts for
 * nothing: people wrap long lines.
 */
export function decodeBase64(encoded: string): string | undefined {
  const compact = encoded.replace(/[ \t\r\n\f\v]/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  return decodeUtf8(Buffer.from(compact, "base64"));
}
