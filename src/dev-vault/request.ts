import type { IncomingMessage } from "node:http";
import { isJsonObject, type Json, type JsonObject, parseJson, stringsIn } from "./json.js";
import type { OperationKind } from "./operation.js";
import { badRequest, methodNotAllowed, Refusal } from "./refusal.js";

const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** The default of OpenBao since version 2.4.1. */
const MAX_STRINGS = 1000;

/** A request's target, before its body is read. */
export interface Target {
  /** LIST also for GET with `?list=true`. */
  readonly method: string;
  /** Decoded, without `/v1/`. */
  readonly path: string;
  readonly query: JsonObject;
}

/** A path to be requested again without its empty and relative segments. */
export interface Redirect {
  readonly location: string;
}

/** The token of a request: `X-Vault-Token`, or a bearer token. */
export function tokenOf({ headers }: IncomingMessage): string | undefined {
  const [given] = [headers["x-vault-token"]].flat();
  return (given || /^Bearer\s+(\S.*)$/i.exec(headers.authorization ?? "")?.[1])?.trim();
}

/** Reads the request line. */
export function targetOf({ url = "/", method: sent = "GET" }: IncomingMessage): Target | Redirect {
  const [rawPath = "", ...rest] = url.split("?");
  const search = rest.join("?");
  if (/\/(?:\/|\.{1,2}(?:\/|$))/.test(rawPath)) {
    // Removes empty segments; the URL parser resolves relative ones.
    const { pathname } = new URL(rawPath.replaceAll(/\/{2,}/g, "/"), "http://here");
    return { location: search === "" ? pathname : `${pathname}?${search}` };
  }
  if (!rawPath.startsWith("/v1/")) throw new Refusal(404, []);
  const path = decode(rawPath.slice("/v1/".length));
  if (path.split("/").includes("..")) throw badRequest("relative paths not supported");
  const { list, ...query } = Object.fromEntries(new URLSearchParams(search));
  return { method: sent === STAND_IN || (sent === "GET" && list === "true") ? "LIST" : sent, path, query };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Refusal(400, []);
  }
}

const KINDS: Readonly<Record<string, OperationKind>> = {
  GET: "read",
  LIST: "list",
  POST: "update",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** A method's operation; 405 for methods that no engine supports. */
export function kindOf(method: string): OperationKind {
  const kind = KINDS[method];
  if (kind === undefined) throw methodNotAllowed();
  return kind;
}

/** Reads the parameters of a request: its JSON body, or its query if the method has no body. */
export async function dataOf(request: IncomingMessage, { method, query }: Target): Promise<JsonObject> {
  const text = await bodyText(request);
  if (!["POST", "PUT", "PATCH"].includes(method)) return query;
  const type = request.headers["content-type"] ?? "";
  if (method === "PATCH" && !/^application\/merge-patch\+json\s*(?:;|$)/i.test(type)) {
    throw new Refusal(415, [`PATCH requires Content-Type of application/merge-patch+json, provided ${type}`]);
  }
  if (text.trim() === "") return {};
  const body = parsed(text);
  if (stringsIn(body) > MAX_STRINGS) {
    throw badRequest("refused JSON input due to high complexity: exceeded maximum number of strings");
  }
  return isJsonObject(body) ? body : {};
}

function parsed(text: string): Json {
  try {
    const body = parseJson(text);
    if (!Array.isArray(body)) return body;
  } catch {
    // Reported below, as for a list.
  }
  throw badRequest("error parsing JSON");
}

async function bodyText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Keep reading: a client disconnected while sending would never see the response.
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES) throw new Refusal(413, ["http: request body too large"]);
  return Buffer.concat(chunks).toString("utf8");
}

// Node's HTTP parser rejects unknown methods, including LIST. So before the parser sees the bytes, they are changed to
// a method of the same length. Only a whole request line matches, which no JSON body contains: a line break inside a
// string is always escaped there.
const STAND_IN = "LINK";
const REQUEST_LINE = /^LIST \S+ HTTP\/1\.[01]\r\n/;

/** Rewrites what a client sends before it is parsed, so that requests with the method LIST get through. */
export function allowListMethod(chunk: Buffer): void {
  const isList = chunk.subarray(0, 5).toString("latin1") === "LIST ";
  if (isList && REQUEST_LINE.test(chunk.toString("latin1"))) chunk.write(STAND_IN);
}
