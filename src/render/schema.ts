import * as z from "zod/mini";
import { WrittenSecret } from "../model/written-secret.js";
import { jsonText } from "./json.js";

/** The JSON Schema of `secrets.yaml`, keys sorted, for editors and other validators. */
export function renderSecretsSchema(): string {
  const { $defs, $schema, ...rest } = z.toJSONSchema(z.record(z.string(), WrittenSecret), {
    io: "input",
    reused: "inline",
  });
  const schema = {
    ...rest,
    $schema,
    $defs,
    $id: "https://phalanx.lsst.io/schemas/secrets.json",
    title: "Phalanx application secret definitions",
  };
  return jsonText(sortKeys(schema));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sortKeys(member)]),
  );
}
