import * as z from "zod/mini";
import pLimit from "p-limit";
import { PhalanxError } from "../../errors.js";
import { didYouMean } from "../../model/nearest.js";
import type { Problems } from "../../problems.js";
import { ConnectVault, Item, ItemSummary } from "./answers.js";
import { type ConnectSession, getJson } from "./client.js";
import { unknownShape } from "./explain.js";

/** Requests under way at once. */
export const PARALLEL_REQUESTS = 8;

/** A 1Password vault, and what it said it holds. */
export interface OnepasswordVault {
  readonly session: ConnectSession;
  readonly id: string;
  /** The items that are not archived, by title; a title may occur more than once. */
  readonly items: ReadonlyMap<string, readonly ItemSummary[]>;
}

/** Finds a vault by its title and lists its items: one request each. */
export async function openVault(session: ConnectSession, title: string): Promise<OnepasswordVault> {
  const id = await findVault(session, title);
  return { session, id, items: await listItems(session, id) };
}

/** The items of a vault that are not archived, by title. */
export async function listItems(
  session: ConnectSession,
  id: string,
): Promise<ReadonlyMap<string, readonly ItemSummary[]>> {
  const path = `vaults/${encodeURIComponent(id)}/items`;
  const listed = check(session, await getJson(session, path, "the items"), z.array(ItemSummary), "the items");
  const items = new Map<string, ItemSummary[]>();
  for (const item of listed) {
    if (!item.state) items.set(item.title, [...(items.get(item.title) ?? []), item]);
  }
  return items;
}

async function findVault(session: ConnectSession, title: string): Promise<string> {
  // A string of SCIM is written as one of JSON.
  const filter = encodeURIComponent(`name eq ${JSON.stringify(title)}`);
  const answer = await getJson(session, `vaults?filter=${filter}`, `the 1Password vault "${title}"`);
  const vaults = check(session, answer, z.array(ConnectVault), "the vaults");
  const [vault, ...others] = vaults.filter(({ name }) => name === title);
  if (vault === undefined) {
    const names = vaults.map(({ name }) => name);
    const meant = didYouMean(title, names);
    throw new PhalanxError(`1Password Connect at ${session.url} has no vault "${title}"`, {
      hint: `${meant ? `${meant} ` : ""}Check onepassword.vaultTitle, and that the token may see the vault.`,
    });
  }
  if (others.length === 0) return vault.id;
  throw new PhalanxError(`1Password Connect at ${session.url} has ${others.length + 1} vaults "${title}"`, {
    hint: "Rename one of them, or give the token access to one of them only.",
  });
}

/** Reads the items of the given titles in parallel. Absent ones are left out; a title that occurs twice is a problem. */
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
    problems.add(
      `1Password has ${others.length + 1} items "${title}"`,
      "Rename or archive all but one: which of them counts is not decided here.",
    );
    return [];
  });
  const read = chosen.map(([title, item]) => limit(async () => [title, await readItem(vault, title, item)] as const));
  return new Map(await Promise.all(read));
}

async function readItem({ session, id }: OnepasswordVault, title: string, { id: item }: ItemSummary): Promise<Item> {
  const path = `vaults/${encodeURIComponent(id)}/items/${encodeURIComponent(item)}`;
  const what = `the item "${title}"`;
  const answer = check(session, await getJson(session, path, what), Item, what);
  // All else may be absent, so anything at all would pass for an item without fields.
  if (answer.id !== item) throw unknownShape(session.url, what);
  return answer;
}

function check<T extends z.ZodMiniType>(session: ConnectSession, answer: unknown, schema: T, what: string): z.infer<T> {
  const result = schema.safeParse(answer);
  if (!result.success) throw unknownShape(session.url, what);
  return result.data;
}
