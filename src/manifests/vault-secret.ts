import type { Delivery, DeliveryPart, ObjectName } from "../model/consumer.js";
import { at, entriesOf, listOf, MAX_PARTS, textOf } from "./hostile.js";
import { templateKeys } from "./template-keys.js";

/** A template that consists of the value of one key only. */
const SOLE = /^\{%-?\s*(?:\.Secrets\.([A-Za-z_]\w*)|index\s+\.Secrets\s+"([^"\\]+)")\s*-?%\}$/;

/** A VaultSecret of ricoberger's operator writes the Secret of the same name. */
export function readVaultSecret(object: unknown, name: ObjectName): Delivery | undefined {
  const spec = at(object, "spec");
  const engine = at(spec, "secretEngine");
  // Certificates of the PKI engine are not KV values.
  if (engine !== undefined && engine !== "" && engine !== "kv") return undefined;
  // The first path that has a key provides it.
  const paths = [at(spec, "path"), ...listOf(at(spec, "paths"))].flatMap((path) => textOf(path) ?? []);
  const keys = listOf(at(spec, "keys")).flatMap((key) => textOf(key) ?? []);
  const only = keys.length > 0 ? { only: keys } : {};
  const base64 = at(spec, "isBinary") === true ? { base64: true as const } : {};
  const templates = entriesOf(at(spec, "templates"));
  const isTooMuch = templates.length * paths.length > MAX_PARTS;
  const parts = isTooMuch
    ? paths.map((path): DeliveryPart => ({ kind: "made", path, as: undefined, from: undefined }))
    : templates.length === 0
      ? paths.map((path): DeliveryPart => ({ kind: "keys", path, ...only, ...base64 }))
      : templates.flatMap(([as, template]) => {
          const sole = typeof template === "string" ? SOLE.exec(template.trim()) : null;
          const key = sole?.[1] ?? sole?.[2];
          if (key !== undefined) return paths.map((path): DeliveryPart => ({ kind: "key", path, key, as }));
          const named = typeof template === "string" ? templateKeys(template, ["{%", "%}"], ".Secrets") : [];
          const from = named ?? only.only;
          return paths.map((path): DeliveryPart => ({ kind: "made", path, as, from }));
        });
  return parts.length === 0 ? undefined : { by: "VaultSecret", object: name, secret: name.name, parts };
}
