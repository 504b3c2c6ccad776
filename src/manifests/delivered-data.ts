import type { DeliveryPart } from "../model/consumer.js";
import type { StoredValue } from "../model/secret-value.js";
import { SecretValue } from "../model/secret-value.js";

export function deliveredData(
  part: DeliveryPart,
  values: ReadonlyMap<string, StoredValue>,
): ReadonlyMap<string, Uint8Array> | "not-comparable" {
  if (part.kind === "made") return "not-comparable";
  const bytes = (value: StoredValue): Uint8Array | undefined => {
    const text = value instanceof SecretValue ? value.reveal() : value.revealJson();
    if (text === "null") return undefined;
    return part.base64 ? Buffer.from(text, "base64") : Buffer.from(text);
  };
  const pairs =
    part.kind === "key"
      ? [[part.as, values.get(part.key)] as const]
      : [...values].filter(([key]) => part.only?.includes(key) !== false && part.except?.includes(key) !== true);
  return new Map(
    pairs.flatMap(([key, value]): [string, Uint8Array][] => {
      const found = value && bytes(value);
      return found === undefined ? [] : [[key, found]];
    }),
  );
}
