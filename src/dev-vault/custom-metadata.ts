import { badRequest, listed } from "./errors.js";
import { asString, unconvertible } from "./fields.js";
import type { JsonObject } from "./json.js";

const MAX_KEYS = 64;
const MAX_KEY_BYTES = 128;
const MAX_VALUE_BYTES = 512;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const FAILED = "custom_metadata validation failed";

function problemsOf(key: string, value: string): string[] {
  const problems: string[] = [];
  const keyBytes = Buffer.byteLength(key);
  const valueBytes = Buffer.byteLength(value);
  if (keyBytes === 0 || keyBytes > MAX_KEY_BYTES) {
    problems.push(`length of key "${key}" is ${keyBytes} but must be 0 < len(key) <= ${MAX_KEY_BYTES}`);
  }
  if (valueBytes === 0 || valueBytes > MAX_VALUE_BYTES) {
    problems.push(`length of value for key "${key}" is ${valueBytes} but must be 0 < len(value) <= ${MAX_VALUE_BYTES}`);
  }
  if (UNPRINTABLE.test(key)) {
    problems.push(`key "${key}" contains unprintable characters`);
  }
  if (UNPRINTABLE.test(value)) {
    problems.push(`value for key "${key}" contains unprintable characters`);
  }
  return problems;
}

/** Checks custom metadata against Vault's limits. With `patching` a null is kept: it will remove the key. */
export function customMetadata(input: JsonObject, patching: boolean): Map<string, string | null> {
  const entries = new Map<string, string | null>();
  for (const [key, value] of Object.entries(input)) {
    const text = patching && value === null ? null : asString(value);
    if (text === undefined) {
      throw badRequest(`${FAILED}: ${unconvertible("string", value)}`);
    }
    entries.set(key, text);
  }
  const problems =
    entries.size > MAX_KEYS
      ? [`payload must contain at most ${MAX_KEYS} keys, provided ${entries.size}`]
      : [...entries].flatMap(([key, value]) => (value === null ? [] : problemsOf(key, value)));
  if (problems.length > 0) {
    throw badRequest(listed(...problems.map((problem) => `${FAILED}: ${problem}`)));
  }
  return entries;
}
