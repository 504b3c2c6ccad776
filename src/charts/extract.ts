import * as z from "zod/mini";
import { readManifests } from "../manifests/read.js";
import type { Consumer, Delivery } from "../model/consumer.js";
import type { Documents } from "./documents.js";
import type { Release } from "./release.js";

const text = z.string();
const texts = z.array(text);
const flag = z.optional(z.literal(true));
const object = z.strictObject({ kind: text, group: text, namespace: text, name: text });
const part = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("keys"),
    path: text,
    only: z.optional(texts),
    except: z.optional(texts),
    base64: flag,
  }),
  z.strictObject({ kind: z.literal("key"), path: text, key: text, as: text, base64: flag }),
  z.strictObject({ kind: z.literal("made"), path: text, as: z.optional(text), from: z.optional(texts) }),
]);
const use = z.strictObject({
  secret: text,
  keys: z.union([texts, z.literal("all")]),
  kind: z.enum(["env", "env-from", "volume", "projected", "sub-path", "image-pull", "field"]),
  container: z.optional(text),
  init: flag,
  variable: z.optional(text),
  field: z.optional(text),
  optional: flag,
});

const KeptExtract = z.strictObject({
  deliveries: z.array(
    z.strictObject({
      by: z.enum(["ExternalSecret", "VaultSecret", "VaultStaticSecret"]),
      object,
      secret: text,
      parts: z.array(part),
    }),
  ),
  consumers: z.array(z.strictObject({ object, workload: z.boolean(), uses: z.array(use) })),
  untold: z.int().check(z.minimum(0)),
});

/** What is kept about a chart: never a manifest. */
export interface Extract {
  readonly deliveries: readonly Delivery[];
  readonly consumers: readonly Consumer[];
  /** How many objects could not be completely determined. */
  readonly untold: number;
}

/** Parses a cached entry; undefined if it is not one. */
export function readExtract(content: unknown): Extract | undefined {
  const { data } = KeptExtract.safeParse(content);
  return data as Extract | undefined;
}

/** What a chart's objects have to do with Secrets. */
export function extractFrom({ objects, untold }: Documents, { namespace }: Pick<Release, "namespace">): Extract {
  const { deliveries, consumers, odd } = readManifests(objects, namespace);
  // In the form in which the cache returns it, where nothing is undefined.
  return JSON.parse(JSON.stringify({ deliveries, consumers, untold: untold + odd.length })) as Extract;
}
