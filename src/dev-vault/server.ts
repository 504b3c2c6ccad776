import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, isIP, type Socket } from "node:net";
import type { Core } from "./core.js";
import { fieldsOf } from "./fields.js";
import { handle } from "./handle.js";
import { encodeJson } from "./json.js";
import { openPath } from "./open-paths.js";
import type { Reply } from "./operation.js";
import { Refusal } from "./refusal.js";
import { allowListMethod, dataOf, kindOf, targetOf, tokenOf } from "./request.js";

/** A request as passed to an observer. */
export interface DevVaultRequest {
  /** LIST for LIST and for GET with `?list=true`. */
  readonly method: string;
  /** Decoded, without `/v1/`. */
  readonly path: string;
  readonly token: string | undefined;
}

/** Called, and awaited, before a request is handled. If it throws, the connection is closed without a response. */
export type RequestObserver = (request: DevVaultRequest) => void | Promise<void>;

/**
 * A web page in a browser on this machine can make its own host name resolve to this address, and then read responses.
 * But it cannot send another host name.
 */
function refuseRebound({ headers }: IncomingMessage): void {
  const host = (headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
  if (host === "" || host === "localhost" || isIP(host.replaceAll(/^\[|\]$/g, "")) !== 0) return;
  throw new Refusal(403, ["this server does not answer to that name"]);
}

async function answer(core: Core, request: IncomingMessage, response: ServerResponse, observe: RequestObserver) {
  response.setHeader("Date", new Date(core.now()).toUTCString());
  const target = targetOf(request);
  if ("location" in target) {
    response.writeHead(307, { Location: target.location, "Content-Length": 0 }).end();
    return;
  }
  const { method, path } = target;
  const token = tokenOf(request);
  try {
    await observe({ method, path, token });
  } catch {
    request.destroy();
    return;
  }
  const data = await dataOf(request, target);
  sendReply(response, openPath(core, method, path, data) ?? answerEngine(core, request, { method, path, data, token }));
}

function answerEngine(
  core: Core,
  { headers }: IncomingMessage,
  { method, path, data, token }: DevVaultRequest & { readonly data: Awaited<ReturnType<typeof dataOf>> },
): Reply | undefined {
  if (core.sealed) throw new Refusal(503, ["Vault is sealed"]);
  const namespace = String(headers["x-vault-namespace"] ?? "").replaceAll(/^\/+|(?<!\/)\/+$/g, "");
  if (namespace !== "" && namespace !== "root") throw new Refusal(404, ["namespace not found"]);
  const kind = kindOf(method);
  const asked = kind === "list" && !path.endsWith("/") ? `${path}/` : path;
  return handle(core, { kind, path: asked, data, fields: fieldsOf(data) }, token);
}

function sendReply(response: ServerResponse, reply: Reply | undefined): void {
  if (reply === undefined) send(response, 204, undefined);
  else send(response, reply.status ?? 200, reply.bare === undefined ? envelope(reply) : reply.bare);
}

function envelope({ data = null, auth = null, flat = false, warnings = [] }: Reply): unknown {
  return {
    ...(flat && data),
    request_id: randomUUID(),
    lease_id: "",
    renewable: false,
    lease_duration: 0,
    data,
    wrap_info: null,
    warnings: warnings.length === 0 ? null : warnings,
    auth,
  };
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) return;
  const { status, errors } =
    error instanceof Refusal ? error : new Refusal(500, [`internal error: ${(error as Error).message}`]);
  send(response, status, { errors });
}

/** A null or undefined body means no body. */
function send(response: ServerResponse, status: number, body: unknown): void {
  const text = body === undefined || body === null ? "" : `${encodeJson(body)}\n`;
  response.writeHead(status, {
    "Cache-Control": "no-store",
    ...(status !== 204 && { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) }),
  });
  response.end(text);
}

/** Serves a core over HTTP, or over HTTPS with `tls`. */
export async function listen(
  core: Core,
  address: { readonly host: string; readonly port: number; readonly localNamesOnly?: boolean },
  observe: RequestObserver,
  tls: { readonly key: string; readonly cert: string } | undefined,
): Promise<{ url: string; close: () => Promise<void> }> {
  const answering = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (address.localNamesOnly) refuseRebound(request);
    await answer(core, request, response, observe);
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse) =>
    void answering(request, response).catch((error: unknown) => sendError(response, error));
  const server = tls === undefined ? createServer(onRequest) : createTlsServer(tls, onRequest);
  server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) =>
    socket.prependListener("data", allowListMethod),
  );
  await once(server.listen(address.port, address.host), "listening");
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return {
    url: `${tls === undefined ? "http" : "https"}://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
