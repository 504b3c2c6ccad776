import { parseFilter } from "./filter.js";
import { type Item, summary, toItem } from "./item.js";
import { isObject, type JsonObject } from "./json.js";
import { applyPatch } from "./patch.js";
import { itemNotFound, Refusal, vaultNotFound } from "./refusal.js";
import type { State, Vault } from "./state.js";

/** A request with a valid token. */
export interface ApiRequest {
  readonly method: string;
  /** The decoded components below `/v1/`. */
  readonly path: readonly string[];
  readonly filter: string | null;
  readonly body: unknown;
}

/** What a request is answered with; undefined: 204. */
export function answerApi(state: State, now: Date, request: ApiRequest): unknown {
  const { method, filter } = request;
  const [root, vaultId, items, itemId, files, ...more] = request.path;
  if (root !== "vaults" || more.length > 0) throw new Refusal(404, "Not found");
  if (vaultId === undefined) {
    only(method, ["GET"]);
    const passes = parseFilter(filter, "name");
    return [...state.values()].filter((vault) => !vault.outOfScope && passes(vault.title)).map(vaultBody);
  }
  const vault = state.get(vaultId);
  if (vault === undefined) throw vaultNotFound(vaultId);
  if (vault.outOfScope) throw new Refusal(403, `vault ${vaultId} is not in scope`);
  if (items === undefined) {
    only(method, ["GET"]);
    return vaultBody(vault);
  }
  if (items !== "items") throw new Refusal(404, "Not found");
  if (itemId === undefined) return answerItems(vault, now, request);
  const item = vault.items.get(itemId);
  if (item === undefined) throw itemNotFound(itemId);
  if (files === undefined) return answerItem(vault, item, now, request);
  only(method, ["GET"]);
  if (files !== "files") throw new Refusal(404, "Not found");
  return [];
}

function answerItems(vault: Vault, now: Date, { method, filter, body }: ApiRequest): unknown {
  only(method, ["GET", "POST"]);
  if (method === "POST") return keep(vault, toItem(vault.id, object(body), undefined, now));
  const passes = parseFilter(filter, "title");
  return [...vault.items.values()].filter(({ title }) => passes(title)).map(summary);
}

function answerItem(vault: Vault, item: Item, now: Date, { method, body }: ApiRequest): unknown {
  only(method, ["GET", "PUT", "PATCH", "DELETE"]);
  if (method === "GET") return item;
  if (method === "PUT") return keep(vault, toItem(vault.id, object(body), item, now));
  if (method === "PATCH") {
    if (Array.isArray(body) && body.length === 0) return item;
    return keep(vault, toItem(vault.id, applyPatch(item, body), item, now));
  }
  vault.items.delete(item.id);
  vault.contentVersion += 1;
  return undefined;
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
