import type { Delivery, DeliveryPart, ObjectName } from "../model/consumer.js";
import { at, entriesOf, listOf, MAX_PARTS, nameOf, textOf } from "./hostile.js";
import { templateKeys } from "./template-keys.js";

/**
 * An ExternalSecret of the External Secrets Operator. Of several parts that provide a data key, the first one that has
 * it does.
 */
export function readExternalSecret(object: unknown, name: ObjectName): Delivery | undefined {
  const spec = at(object, "spec");
  if (at(spec, "target", "creationPolicy") === "None") return undefined;
  const secret = nameOf(at(spec, "target", "name")) ?? name.name;
  const single = listOf(at(spec, "data")).flatMap((entry) => singlePart(entry));
  const whole = listOf(at(spec, "dataFrom")).flatMap((entry) => wholePart(entry));
  // Later entries overwrite earlier ones, and `data` comes after `dataFrom`.
  const fetched = [...single.reverse(), ...whole.reverse()];
  const parts = templated(at(spec, "target", "template"), fetched);
  return parts.length === 0 ? undefined : { by: "ExternalSecret", object: name, secret, parts };
}

/** Whether it also fetches whatever matches a pattern, anywhere. */
export function findsByPattern(object: unknown): boolean {
  return listOf(at(object, "spec", "dataFrom")).some((entry) => at(entry, "find") !== undefined);
}

function singlePart(entry: unknown): DeliveryPart[] {
  const reference = at(entry, "remoteRef");
  const [as, path] = [textOf(at(entry, "secretKey")), textOf(at(reference, "key"))];
  if (as === undefined || path === undefined || at(reference, "metadataPolicy") === "Fetch") return [];
  const key = textOf(at(reference, "property"));
  // Without a property: the JSON of all keys. With query characters: whatever that query finds in it.
  if (key === undefined || /[*?#|@\\[\]{}!]/.test(key)) return [{ kind: "made", path, as, from: undefined }];
  const decoding = decodingOf(reference);
  if (decoding === "untold") return [{ kind: "made", path, as, from: [key] }];
  return [{ kind: "key", path, key, as, ...decoding }];
}

function wholePart(entry: unknown): DeliveryPart[] {
  const reference = at(entry, "extract");
  const path = textOf(at(reference, "key"));
  if (path === undefined || at(reference, "metadataPolicy") === "Fetch") return [];
  const property = textOf(at(reference, "property"));
  const decoding = decodingOf(reference);
  if (property !== undefined || listOf(at(entry, "rewrite")).length > 0) {
    return [{ kind: "made", path, as: undefined, from: property === undefined ? undefined : [property] }];
  }
  return decoding === "untold"
    ? [{ kind: "made", path, as: undefined, from: undefined }]
    : [{ kind: "keys", path, ...decoding }];
}

function decodingOf(reference: unknown): { readonly base64?: true } | "untold" {
  const strategy = at(reference, "decodingStrategy");
  if (strategy === undefined || strategy === "" || strategy === "None") return {};
  return strategy === "Base64" ? { base64: true } : "untold";
}

/** What a template makes of the fetched data, which it refers to by data keys. */
function templated(template: unknown, fetched: readonly DeliveryPart[]): readonly DeliveryPart[] {
  const texts = entriesOf(at(template, "data"));
  if (texts.length * fetched.length > MAX_PARTS) return untold(fetched);
  const made = texts.flatMap(([as, text]): DeliveryPart[] => {
    const taken = typeof text === "string" ? templateKeys(text, ["{{", "}}"], ".") : [];
    return fetched.flatMap((part) => {
      const from = behindTemplate(part, taken);
      return from?.length === 0 ? [] : [{ kind: "made" as const, path: part.path, as, from }];
    });
  });
  const elsewhere = listOf(at(template, "templateFrom")).length > 0;
  const unknown = elsewhere ? untold(fetched) : [];
  if (made.length === 0 && unknown.length === 0) return fetched;
  const kept = at(template, "mergePolicy") === "Merge" ? fetched : [];
  return [...made, ...unknown, ...kept];
}

function untold(fetched: readonly DeliveryPart[]): DeliveryPart[] {
  return fetched.map(({ path }) => ({ kind: "made", path, as: undefined, from: undefined }));
}

/** Which keys of a part a template uses, if it uses these data keys, or unknown ones. */
function behindTemplate(part: DeliveryPart, taken: readonly string[] | undefined): readonly string[] | undefined {
  if (part.kind === "keys") return taken;
  const takes = taken === undefined || part.as === undefined || taken.includes(part.as);
  if (!takes) return [];
  return part.kind === "key" ? [part.key] : part.from;
}
