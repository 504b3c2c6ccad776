import * as z from "zod/mini";
import pLimit from "p-limit";
import { PhalanxError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { lookalike } from "../../model/nearest.js";
import type { ConnectRequest } from "../../model/onepassword.js";
import type { Problems } from "../../problems.js";
import { ConnectVault, Item, ItemSummary } from "./answers.js";
import { type ConnectSession, getJson } from "./client.js";
import { unusableAnswer } from "./explain.js";

export const PARALLEL_REQUESTS = 8;

/** A 1Password vault, and its list of items. */
export interface OnepasswordVault {
  readonly session: ConnectSession;
  readonly id: string;
  /** The unarchived items, by title; a title may occur more than once. */
  readonly items: ReadonlyMap<string, readonly ItemSummary[]>;
}

/** Finds a vault by its title and lists its items: one request each. */
export async function openVault(session: ConnectSession, title: string): Promise<OnepasswordVault> {
  const id = await findVault(session, title);
  return { session, id, items: await listItems(session, id) };
}

/** The unarchived items of a vault, by title. */
export async function listItems(
  session: ConnectSession,
  id: string,
): Promise<ReadonlyMap<string, readonly ItemSummary[]>> {
  const path = `vaults/${encodeURIComponent(id)}/items`;
  const listed = await read(session, path, z.array(ItemSummary), { for: "items" });
  const items = new Map<string, ItemSummary[]>();
  for (const item of listed) {
    if (!item.state) items.set(item.title, [...(items.get(item.title) ?? []), item]);
  }
  return items;
}

async function findVault(session: ConnectSession, title: string): Promise<string> {
  // SCIM strings have the same syntax as JSON strings.
  const filter = encodeURIComponent(`name eq ${JSON.stringify(title)}`);
  const request = { for: "vault", vault: title } as const;
  const vaults = await read(session, `vaults?filter=${filter}`, z.array(ConnectVault), request);
  const [vault, ...others] = vaults.filter(({ name }) => name === title);
  if (vault === undefined) {
    const known = vaults.map(({ name }) => name);
    throw new PhalanxError(diagnostic("onepassword-vault-unknown", { url: session.url, vault: title, known }));
  }
  if (others.length === 0) return vault.id;
  const count = others.length + 1;
  throw new PhalanxError(diagnostic("onepassword-vault-ambiguous", { url: session.url, vault: title, count }));
}

/** The title of another item that differs from a given one only in ways that are hard to see. */
export function nearTitle({ items }: OnepasswordVault, title: string): { readonly near?: string } {
  const near = lookalike(title, items.keys());
  return near === undefined ? {} : { near };
}

/** Reads the items with the given titles in parallel. Skips missing ones; a title that occurs twice is a problem. */
export async function readItems(
  vault: OnepasswordVault,
  titles: Iterable<string>,
  problems: Problems,
): Promise<ReadonlyMap<string, Item>> {
  const limit = pLimit(PARALLEL_REQUESTS);
  const chosen = [...new Set(titles)].flatMap((title): [string, ItemSummary][] => {
    const [item, ...others] = vault.items.get(title) ?? [];
    if (item === undefined) return [];
    if (others.length === 0) return [[title, item]];
    problems.add(diagnostic("onepassword-item-ambiguous", { item: title, count: others.length + 1 }));
    return [];
  });
  const read = chosen.map(([title, item]) => limit(async () => [title, await readItem(vault, title, item)] as const));
  return new Map(await Promise.all(read));
}

async function readItem({ session, id }: OnepasswordVault, title: string, { id: item }: ItemSummary): Promise<Item> {
  const path = `vaults/${encodeURIComponent(id)}/items/${encodeURIComponent(item)}`;
  const request = { for: "item", item: title } as const;
  const answer = await read(session, path, Item, request);
  // Everything else is optional, so anything at all would pass for an item without fields.
  if (answer.id !== item) throw unusableAnswer(session, request);
  return answer;
}

async function read<T extends z.ZodMiniType>(
  session: ConnectSession,
  path: string,
  schema: T,
  request: ConnectRequest,
): Promise<z.infer<T>> {
  const result = schema.safeParse(await getJson(session, path, request));
  if (!result.success) throw unusableAnswer(session, request);
  return result.data;
}
