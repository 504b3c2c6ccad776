import { compareCodePoints } from "../model/code-points.js";
import { SecretValue, type StoredValue } from "../model/secret-value.js";

/** One application as JSON, indented by 2: an empty value counts as missing, and is null. */
export function renderExport(values: ReadonlyMap<string, StoredValue>): string {
  const sorted = [...values].sort(([a], [b]) => compareCodePoints(a, b));
  const members = sorted.map(([key, value]) => {
    const text =
      value instanceof SecretValue ? (value.isEmpty ? "null" : JSON.stringify(value.reveal())) : value.revealJson();
    return `  ${JSON.stringify(key)}: ${text}`;
  });
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n}`;
}
