import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, isIP } from "node:net";
import type { Core } from "./core.js";
import { Refusal } from "./errors.js";
import { handle } from "./handle.js";
import { allowListMethod } from "./list-method.js";
import { dataOf, kindOf, targetOf, tokenOf } from "./request.js";
import { sendErrors, sendRedirect, sendReply } from "./response.js";
import { openPath } from "./sys-health.js";

/** A request as an observer sees it. */
export interface DevVaultRequest {
  /** LIST for LIST and for GET with `?list=true`. */
  readonly method: string;
  /** Decoded, without `/v1/`. */
  readonly path: string;
  readonly token: string | undefined;
}

/** Called, and awaited, before a request is handled. If it throws, the connection is cut without an answer. */
export type RequestObserver = (request: DevVaultRequest) => void | Promise<void>;

/** Names that lead to this machine, whatever a name server says. */
function isOfThisMachine(host: string): boolean {
  return host === "localhost" || isIP(host.replaceAll(/^\[|\]$/g, "")) !== 0;
}

/**
 * A page in a browser of this machine can have a name of its own lead here, and then read what is answered. What it
 * cannot do is to ask for another name.
 */
function refuseRebound({ headers }: IncomingMessage): void {
  const host = (headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
  if (host === "" || isOfThisMachine(host)) return;
  throw new Refusal(403, ["this server does not answer to that name"]);
}

async function answer(core: Core, request: IncomingMessage, response: ServerResponse, observe: RequestObserver) {
  response.setHeader("Date", new Date(core.now()).toUTCString());
  const target = targetOf(request);
  if (target === undefined) {
    throw new Refusal(404, []);
  }
  if ("location" in target) {
    sendRedirect(response, target);
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
  const open = openPath(core, method, path, data);
  if (open !== undefined) {
    sendReply(response, open);
    return;
  }
  if (core.sealed) {
    throw new Refusal(503, ["Vault is sealed"]);
  }
  const namespace = String(request.headers["x-vault-namespace"] ?? "").replaceAll(/^\/+|(?<!\/)\/+$/g, "");
  if (namespace !== "" && namespace !== "root") {
    throw new Refusal(404, ["namespace not found"]);
  }
  const kind = kindOf(method);
  const listed = kind === "list" && !path.endsWith("/") ? `${path}/` : path;
  sendReply(response, handle(core, { kind, path: listed, data }, token));
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) {
    return;
  }
  if (error instanceof Refusal) {
    sendErrors(response, error.status, error.errors);
  } else {
    sendErrors(response, 500, [`internal error: ${(error as Error).message}`]);
  }
}

function listenOn(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

/** A server that listens. */
export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a core over HTTP, or over HTTPS with `tls`. */
export async function listen(
  core: Core,
  address: { readonly host: string; readonly port: number; readonly localNamesOnly?: boolean },
  observe: RequestObserver,
  tls: { readonly key: string; readonly cert: string } | undefined,
): Promise<Listening> {
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const answering = async (): Promise<void> => {
      if (address.localNamesOnly) refuseRebound(request);
      await answer(core, request, response, observe);
    };
    answering().catch((error: unknown) => refuse(response, error));
  };
  const server = tls === undefined ? createServer(onRequest) : createTlsServer(tls, onRequest);
  server.on(tls === undefined ? "connection" : "secureConnection", allowListMethod);
  const { port } = await listenOn(server, address.host, address.port);
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
