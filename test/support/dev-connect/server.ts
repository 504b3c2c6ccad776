import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Refusal } from "./item.js";
import { answerApi } from "./routes.js";
import type { State } from "./state.js";

/** A request as passed to an observer. */
export interface DevConnectRequest {
  readonly method: string;
  /** As sent, including the query. */
  readonly path: string;
}

/** What a server needs to respond. */
export interface Core {
  readonly state: State;
  readonly token: string;
  /** Awaited before a request is handled; if it throws, the connection is closed without a response. */
  readonly observe: (request: DevConnectRequest) => void | Promise<void>;
}

const HEALTH = {
  name: "1Password Connect API (phalanx dev-connect)",
  version: "1.7.1",
  dependencies: [{ service: "sync", status: "ACTIVE" }],
};

export interface Listening {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Listens on a free local port. */
export async function listen(core: Core): Promise<Listening> {
  const server = createServer((request, response) => {
    answer(core, request, response).catch((error: unknown) => {
      const { status, message } = error instanceof Refusal ? error : new Refusal(500, "Internal error");
      send(response, status, { status, message });
    });
  });
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close };
}

async function answer(core: Core, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "GET", url: path = "/" } = request;
  try {
    await core.observe({ method, path });
  } catch {
    request.destroy();
    return;
  }
  const url = new URL(path, "http://connect");
  if (url.pathname === "/heartbeat") return void response.writeHead(200, { "content-type": "text/plain" }).end(".");
  if (url.pathname === "/health") return send(response, 200, HEALTH);
  const body = await readBody(request);
  if (!url.pathname.startsWith("/v1/")) throw new Refusal(404, "Not found");
  if (!isAuthorised(core, request)) throw new Refusal(401, "Invalid token signature");
  const components = url.pathname.slice("/v1/".length).replace(/\/$/, "").split("/").map(decode);
  const filter = url.searchParams.get("filter");
  send(response, 200, answerApi(core.state, new Date(), { method, path: components, filter, body }));
}

function isAuthorised({ token }: Core, { headers }: IncomingMessage): boolean {
  return /^Bearer +(\S.*)$/i.exec(headers.authorization ?? "")?.[1] === token;
}

function decode(component: string): string {
  try {
    return decodeURIComponent(component);
  } catch {
    throw new Refusal(400, "Invalid path");
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal(400, "Unable to parse the body");
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed || response.headersSent) return;
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  response.writeHead(status, { "content-type": "application/json", "content-length": length }).end(text);
}
