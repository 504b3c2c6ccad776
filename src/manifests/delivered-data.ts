import type { Delivery, DeliveryPart } from "../model/consumer.js";
import { isKubernetesKey } from "../model/names.js";
import { SecretValue, type StoredValue } from "../model/secret-value.js";
import { goJson, plainDecimal } from "./go-json.js";

type Operator = Delivery["by"];
export type Values = ReadonlyMap<string, StoredValue>;

/**
 * The data that an operator makes of a Vault secret's values, to compare in memory with a Secret. It cannot be compared
 * if a template makes it, or if the operator refuses it, so that the Secret stems from an earlier version.
 */
export function deliveredData(
  by: Operator,
  part: DeliveryPart,
  values: Values,
): ReadonlyMap<string, Uint8Array> | "not comparable" {
  switch (part.kind) {
    case "made":
      return "not comparable";
    case "key": {
      const value = values.get(part.key);
      const data = value && converted(by, part, value);
      return data instanceof Uint8Array ? new Map([[part.as, data]]) : "not comparable";
    }
    case "keys":
      return keysData(by, part, values);
  }
}

/** What a delivery writes under a data key. Of several parts that may provide it, the first one that has it does. */
export function deliveredSecret(
  { by, parts }: Delivery,
  valuesAt: (path: string) => Values | undefined,
): (dataKey: string) => Uint8Array | "absent" | "not comparable" {
  const rows = parts.map((part) => {
    const values = valuesAt(part.path);
    return { part, data: values === undefined ? "not comparable" : deliveredData(by, part, values) } as const;
  });
  return (dataKey) => {
    for (const { part, data } of rows) {
      if (typeof data !== "string") {
        const value = data.get(dataKey);
        if (value !== undefined) return value;
      } else if (mayGive(part, dataKey)) return "not comparable";
    }
    return "absent";
  };
}

function mayGive(part: DeliveryPart, dataKey: string): boolean {
  return part.kind === "keys" ? part.only?.includes(dataKey) !== false : part.as === undefined || part.as === dataKey;
}

type Keys = Extract<DeliveryPart, { kind: "keys" }>;

function keysData(by: Operator, part: Keys, values: Values): ReadonlyMap<string, Uint8Array> | "not comparable" {
  const data = new Map<string, Uint8Array>();
  for (const [key, value] of values) {
    if (part.only?.includes(key) === false || part.except?.includes(key) === true) continue;
    const bytes = converted(by, part, value);
    const as = by === "ExternalSecret" ? key.replaceAll(/[^-._\p{L}\p{N}]/gu, "_") : key;
    if (bytes === "left out") continue;
    // No Secret can have such a key, or two with one name.
    if (bytes === "refused" || !isKubernetesKey(as) || data.has(as)) return "not comparable";
    data.set(as, bytes);
  }
  return data;
}

/** The result for one value: `left out`, or `refused`, and with it the whole Secret. */
function converted(
  by: Operator,
  part: Exclude<DeliveryPart, { kind: "made" }>,
  value: StoredValue,
): Uint8Array | "left out" | "refused" {
  const isText = value instanceof SecretValue;
  const json = isText ? "" : value.revealJson().trim();
  if (json === "null" && by === "VaultSecret") return "left out";
  // A single key is printed by a template, in Go's format.
  if (!isText && by === "VaultSecret" && part.kind === "key") return "refused";
  const text = isText ? value.reveal() : CONVERSIONS[by](json, part.kind);
  if (text === undefined) return "refused";
  // ricoberger's operator decodes only strings, External Secrets anything.
  if (part.base64 !== true || (by === "VaultSecret" && !isText)) return Buffer.from(text);
  return decoded(text) ?? "refused";
}

type Conversion = (json: string, kind: "key" | "keys") => string | undefined;

/** How each operator converts JSON that is not a string; undefined if it refuses it. */
const CONVERSIONS: Readonly<Record<Operator, Conversion>> = {
  // It does not support lists.
  VaultSecret: (json) => (json.startsWith("[") ? undefined : goJson(json, "as-written")),
  VaultStaticSecret: (json) => goJson(json, "as-written"),
  // A whole set of keys passes through its own JSON, in which numbers are float64; a single key does not.
  ExternalSecret: (json, kind) => {
    if (json === "null") return "";
    if (kind === "key") return goJson(json, "as-written");
    return /^[-\d]/.test(json) ? plainDecimal(Number(json)) : goJson(json, "float64");
  },
};

/** Base64 as Go's `StdEncoding` accepts it: line breaks are ignored, padding is required. */
function decoded(text: string): Uint8Array | undefined {
  const plain = text.replaceAll(/[\r\n]/g, "");
  const isBase64 = plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
  return isBase64 ? Buffer.from(plain, "base64") : undefined;
}
