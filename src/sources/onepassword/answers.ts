import * as z from "zod/mini";

const text = z.nullish(z.string());

/** It becomes part of paths, and must not lead elsewhere. */
const id = z.string().check(z.regex(/^[\w-]+$/));

export const ConnectVault = z.object({ id, name: z.string() });

/** An item in a list of items: everything except its fields. */
export const ItemSummary = z.object({
  id,
  title: z._default(z.string(), ""),
  /** ARCHIVED or DELETED; absent for an active item. */
  state: text,
  version: z._default(z.int(), 0),
});
export type ItemSummary = z.infer<typeof ItemSummary>;

const Section = z.object({ id: text, label: text });

export const ItemField = z.object({ section: z.nullish(Section), label: text, value: text, purpose: text });
export type ItemField = z.infer<typeof ItemField>;

export const Item = z.object({
  id,
  version: z._default(z.int(), 0),
  state: text,
  sections: z.nullish(z.array(Section)),
  fields: z.nullish(z.array(ItemField)),
});
export type Item = z.infer<typeof Item>;
