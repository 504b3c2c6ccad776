import * as z from "zod";

const text = z.string().nullish();

/** It becomes a part of paths, and must lead nowhere else. */
const id = z.string().regex(/^[\w-]+$/);

/** A vault in a list of vaults. */
export const ConnectVault = z.object({ id, name: z.string() });

/** An item in a list of items: everything but its fields. */
export const ItemSummary = z.object({
  id,
  title: z.string().default(""),
  /** ARCHIVED or DELETED; absent for an item that is there. */
  state: text,
  version: z.int().default(0),
});
export type ItemSummary = z.infer<typeof ItemSummary>;

const Section = z.object({ id: text, label: text });

export const ItemField = z.object({ section: Section.nullish(), label: text, value: text, purpose: text });
export type ItemField = z.infer<typeof ItemField>;

/** An item with its fields. */
export const Item = z.object({
  id,
  version: z.int().default(0),
  state: text,
  sections: z.array(Section).nullish(),
  fields: z.array(ItemField).nullish(),
});
export type Item = z.infer<typeof Item>;
