import { createDecipheriv } from "node:crypto";
import { decodeUtf8 } from "../../model/text-encoding.js";
import type { YamlValue } from "../../yaml/kind.js";

/** A value, and the bytes it contributes to the MAC. A comment in a list is neither. */
export interface SopsValue {
  readonly value: YamlValue | undefined;
  readonly counted: Uint8Array | undefined;
}

const ENCRYPTED = /^ENC\[AES256_GCM,data:([^,]+),iv:([^,]+),tag:([^,]+),type:([^,\]]+)\]/;
const TAG_LENGTH = 16;

/**
 * Decrypts one value; undefined if that fails.
 *
 * @param place The path it is bound to: a value that was moved does not decrypt.
 */
export function decryptValue(text: string, key: Uint8Array, place: string): SopsValue | undefined {
  // As in sops, empty values are not encrypted.
  if (text === "") return plainValue("");
  // Anything not of this form has no tag, and fails to decrypt.
  const [, data = "", iv = "", tag = "", type = ""] = ENCRYPTED.exec(text) ?? [];
  const bytes = open(key, { data: base64(data), iv: base64(iv), tag: base64(tag) }, place);
  if (bytes === undefined) return undefined;
  if (type === "bytes") return { value: bytes, counted: bytes };
  const decoded = decodeUtf8(bytes);
  return decoded === undefined ? undefined : typedValue(type, decoded);
}

function typedValue(type: string, text: string): SopsValue | undefined {
  switch (type) {
    case "str":
      return plainValue(text);
    case "int":
      return /^[+-]?\d{1,20}$/.test(text) ? plainValue(BigInt(text.replace("+", ""))) : undefined;
    case "float":
      return plainValue(Number(text));
    case "bool":
      return /^(true|false)$/i.test(text) ? plainValue(/^true$/i.test(text)) : undefined;
    case "time":
      return { value: new Date(text), counted: encode(text) };
    case "comment":
      return { value: undefined, counted: undefined };
    default:
      return undefined;
  }
}

/** A value that is not encrypted, or is already decrypted. */
export function plainValue(value: YamlValue): SopsValue {
  return { value, counted: countedBytes(value) };
}

function countedBytes(value: YamlValue): Uint8Array | undefined {
  if (value === null) return undefined;
  if (value instanceof Uint8Array) return value;
  if (value instanceof Date) return encode(value.toISOString().replace(/\.?(?<!0)0*Z$/, "Z"));
  if (typeof value === "boolean") return encode(value ? "True" : "False");
  if (typeof value === "number") return encode(digits(value));
  return typeof value === "string" || typeof value === "bigint" ? encode(String(value)) : undefined;
}

/** A number without an exponent, as Go prints it. */
function digits(value: number): string {
  const [mantissa = "", exponent] = String(value).split("e");
  if (exponent === undefined) return mantissa;
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(mantissa) ?? [];
  const all = whole + fraction;
  const point = whole.length + Number(exponent);
  return point > 0 ? `${sign}${all.padEnd(point, "0")}` : `${sign}0.${"0".repeat(-point)}${all}`;
}

function open(
  key: Uint8Array,
  { data, iv, tag }: Record<"data" | "iv" | "tag", Uint8Array>,
  place: string,
): Uint8Array | undefined {
  // A shorter tag would be easier to forge, but Node accepts it.
  if (tag.length !== TAG_LENGTH || iv.length === 0) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_LENGTH });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch {
    return undefined;
  }
}

function base64(text: string): Uint8Array {
  return Buffer.from(text, "base64");
}

function encode(text: string): Uint8Array {
  return Buffer.from(text);
}
