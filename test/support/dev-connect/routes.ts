import { isObject, type Item, type JsonObject, Refusal, summary, toItem } from "./item.js";
import type { State, Vault } from "./state.js";

/** A request with a valid token. */
export interface ApiRequest {
  readonly method: string;
  /** The decoded path components below `/v1/`. */
  readonly path: readonly string[];
  readonly filter: string | null;
  readonly body: unknown;
}

export function answerApi(state: State, now: Date, request: ApiRequest): unknown {
  const { method, filter } = request;
  const [root, vaultId, items, itemId, ...more] = request.path;
  if (root !== "vaults" || more.length > 0) throw new Refusal(404, "Not found");
  if (vaultId === undefined) {
    only(method, ["GET"]);
    const passes = parseFilter(filter, "name");
    return [...state.values()].filter((vault) => !vault.outOfScope && passes(vault.title)).map(vaultBody);
  }
  const vault = state.get(vaultId);
  if (vault === undefined) throw new Refusal(404, `vault ${vaultId} not found`);
  if (vault.outOfScope) throw new Refusal(403, `vault ${vaultId} is not in scope`);
  if (items === undefined) {
    only(method, ["GET"]);
    return vaultBody(vault);
  }
  if (items !== "items") throw new Refusal(404, "Not found");
  if (itemId === undefined) return answerItems(vault, now, request);
  const item = vault.items.get(itemId);
  if (item === undefined) throw new Refusal(404, `item ${itemId} not found`);
  return answerItem(vault, item, now, request);
}

function answerItems(vault: Vault, now: Date, { method, filter, body }: ApiRequest): unknown {
  only(method, ["GET", "POST"]);
  if (method === "POST") return keep(vault, toItem(vault.id, object(body), undefined, now));
  const passes = parseFilter(filter, "title");
  return [...vault.items.values()].filter(({ title }) => passes(title)).map(summary);
}

function answerItem(vault: Vault, item: Item, now: Date, { method, body }: ApiRequest): unknown {
  only(method, ["GET", "PUT"]);
  return method === "GET" ? item : keep(vault, toItem(vault.id, object(body), item, now));
}

function keep(vault: Vault, item: Item): Item {
  vault.items.set(item.id, item);
  vault.contentVersion += 1;
  return item;
}

function only(method: string, allowed: readonly string[]): void {
  if (!allowed.includes(method)) throw new Refusal(405, "Method not allowed");
}

function object(body: unknown): JsonObject {
  if (!isObject(body)) throw new Refusal(400, "Unable to parse the item");
  return body;
}

function vaultBody({ id, title, contentVersion, createdAt, items }: Vault): JsonObject {
  const active = [...items.values()].filter((item) => item["state"] === undefined).length;
  return {
    id,
    name: title,
    attributeVersion: 1,
    contentVersion,
    items: active,
    type: "USER_CREATED",
    createdAt,
    updatedAt: createdAt,
  };
}

/**
 * The predicate of a SCIM filter `ATTRIBUTE eq "VALUE"`; without a filter, everything matches. The value has the syntax
 * of a JSON string.
 */
function parseFilter(filter: string | null, attribute: string): (value: string) => boolean {
  if (filter === null || filter === "") return () => true;
  const [, name, quoted] = /^\s*([A-Za-z]+)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/su.exec(filter) ?? [];
  if (name !== attribute || quoted === undefined) throw new Refusal(400, `Invalid filter: only ${attribute} eq`);
  let wanted: unknown;
  try {
    wanted = JSON.parse(quoted);
  } catch {
    throw new Refusal(400, "Invalid filter: no string");
  }
  return (value) => value === wanted;
}
