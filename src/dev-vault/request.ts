import type { IncomingMessage } from "node:http";
import type { OperationKind } from "./core.js";
import { badRequest, methodNotAllowed, Refusal } from "./errors.js";
import { parseBool } from "./fields.js";
import { isJsonObject, type Json, type JsonObject, parseJson } from "./json.js";
import { methodOf } from "./list-method.js";

const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Where a request goes, before its body was read. */
export interface Target {
  /** LIST also for GET with `?list=true`. */
  readonly method: string;
  /** Decoded, without `/v1/`. */
  readonly path: string;
  readonly query: JsonObject;
}

/** A path that has to be asked for again without its empty and relative segments. */
export interface Redirect {
  readonly location: string;
}

/** The token of a request: `X-Vault-Token`, or a bearer token. */
export function tokenOf(request: IncomingMessage): string | undefined {
  const header = request.headers["x-vault-token"];
  const given = Array.isArray(header) ? header[0] : header;
  const token = given || /^Bearer\s+(\S.*)$/i.exec(request.headers.authorization ?? "")?.[1];
  return token === undefined || token === "" ? undefined : token.trim();
}

function cleanPath(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/");
  for (const segment of segments) {
    if (segment === "..") {
      kept.pop();
    } else if (segment !== "" && segment !== ".") {
      kept.push(segment);
    }
  }
  const last = segments.at(-1) ?? "";
  return `/${kept.join("/")}${["", ".", ".."].includes(last) && kept.length > 0 ? "/" : ""}`;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Refusal(400, []);
  }
}

/** Reads the request line. Undefined: not below `/v1/`. */
export function targetOf(request: IncomingMessage): Target | Redirect | undefined {
  const url = request.url ?? "/";
  const mark = url.indexOf("?");
  const rawPath = mark === -1 ? url : url.slice(0, mark);
  const search = mark === -1 ? "" : url.slice(mark + 1);
  if (/\/(?:\/|\.{1,2}(?:\/|$))/.test(rawPath)) {
    return { location: cleanPath(rawPath) + (mark === -1 ? "" : `?${search}`) };
  }
  if (!rawPath.startsWith("/v1/")) {
    return undefined;
  }
  const path = decode(rawPath.slice("/v1/".length));
  if (path.split("/").includes("..")) {
    throw badRequest("relative paths not supported");
  }
  const parameters = new URLSearchParams(search);
  const method = methodOf(request.method);
  const list = method === "GET" ? parseBool(parameters.get("list") ?? "") : false;
  if (list === undefined) {
    throw new Refusal(400, []);
  }
  const query = Object.fromEntries([...parameters].filter(([name]) => name !== "list"));
  return { method: list ? "LIST" : method, path, query };
}

/** The operation of a method; 405 for methods that no engine knows. */
export function kindOf(method: string): OperationKind {
  switch (method) {
    case "GET":
      return "read";
    case "LIST":
      return "list";
    case "POST":
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return "delete";
    default:
      throw methodNotAllowed();
  }
}

async function bodyText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // The rest is still read: a client that is cut off while it sends would never see the answer.
    if (size <= MAX_BODY_BYTES) {
      chunks.push(chunk);
    } else {
      chunks.length = 0;
    }
  }
  if (size > MAX_BODY_BYTES) {
    throw new Refusal(413, ["http: request body too large"]);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** As OpenBao is configured from version 2.4.1 on, if nobody says otherwise. */
const MAX_STRINGS = 1000;

/** The names and the strings of a value. */
function stringsIn(value: Json): number {
  let count = 0;
  for (const stack: Json[] = [value]; stack.length > 0; ) {
    const next = stack.pop();
    if (typeof next === "string") count += 1;
    else if (Array.isArray(next)) for (const each of next) stack.push(each);
    else if (isJsonObject(next)) {
      for (const each of Object.values(next)) {
        count += 1;
        stack.push(each);
      }
    }
  }
  return count;
}

/** Reads the parameters of a request: its JSON body, or its query if the method has no body. */
export async function dataOf(request: IncomingMessage, target: Target): Promise<JsonObject> {
  const text = await bodyText(request);
  if (target.method !== "POST" && target.method !== "PUT" && target.method !== "PATCH") {
    return target.query;
  }
  const type = request.headers["content-type"] ?? "";
  if (target.method === "PATCH" && !/^application\/merge-patch\+json\s*(?:;|$)/i.test(type)) {
    throw new Refusal(415, [`PATCH requires Content-Type of application/merge-patch+json, provided ${type}`]);
  }
  if (text.trim() === "") {
    return {};
  }
  let body: Json;
  try {
    body = parseJson(text);
  } catch {
    throw badRequest("error parsing JSON");
  }
  if (Array.isArray(body)) {
    throw badRequest("error parsing JSON");
  }
  if (stringsIn(body) > MAX_STRINGS) {
    throw badRequest("refused JSON input due to high complexity: exceeded maximum number of strings");
  }
  return isJsonObject(body) ? body : {};
}
