import { randomBytes } from "node:crypto";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as forward,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to one request in transit. */
export type Fate =
  /** Forwarded, and the response returned. */
  | "pass"
  /** The connection is cut before the server sees the request. */
  | "reset-before"
  /** The server performs the request, but its response never arrives. */
  | "reset-after"
  /** Half of the server's response arrives. */
  | "cut"
  /** The server does not see the request, and no response ever comes. */
  | "stall"
  /** The response arrives, and from then on connections are refused. */
  | "pass-then-refuse"
  /** The server performs it, then this happens, and only then does its response arrive. */
  | { readonly between: () => Promise<unknown> }
  /** The request arrives twice, and the second response is returned. */
  | "twice"
  /** The connection is cut; the server receives the request when this is called, and its response is dropped. */
  | { readonly late: (deliver: () => Promise<void>) => void }
  /** Answered here: without the server, or after it has performed the request; an acknowledgement only if it has. */
  | {
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly applied?: boolean;
    };

export interface ProxiedRequest {
  readonly method: string;
  /** Below `/v1/`, as sent. */
  readonly path: string;
  readonly token: string | undefined;
  readonly namespace: string | undefined;
  readonly body: string;
}

/** The server's own response, whether or not it arrived. */
export interface ServerAnswer {
  readonly status: number;
  readonly body: string;
}

export interface ProxyOptions {
  /** Receives everything that the server has performed, before the response is passed on. */
  readonly observe?: (request: ProxiedRequest, answer: ServerAnswer) => void;
}

export interface Proxy {
  readonly url: string;
  readonly requests: readonly ProxiedRequest[];
  /** From now on, connections are refused. */
  refuse(): void;
  /** Listens again, at the same address. */
  accept(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A loopback address that nothing else listens on, if there is more than one: otherwise another server could take the
 * port while it is closed for a while.
 */
export function ownHost(): string {
  if (process.platform !== "linux") return "127.0.0.1";
  return `127.${[...randomBytes(3)].map((byte) => 1 + (byte % 254)).join(".")}`;
}

/** A proxy on loopback that lets a test decide the fate of each request; `target` may change between requests. */
export async function startProxy(
  target: string | (() => string),
  decide: (request: ProxiedRequest) => Fate | Promise<Fate>,
  { observe }: ProxyOptions = {},
): Promise<Proxy> {
  const requests: ProxiedRequest[] = [];
  const host = ownHost();
  let server: Server | undefined;
  let opening: Promise<unknown> | undefined;
  let accepted = 0;
  const listen = async (port: number): Promise<number> => {
    const opened = createServer((incoming, outgoing) => void handle(incoming, outgoing));
    await new Promise<void>((done, fail) => void opened.once("error", fail).listen(port, host, done));
    server = opened;
    return (opened.address() as AddressInfo).port;
  };
  const refuse = (): void => {
    server?.close();
    server?.closeIdleConnections();
    server = undefined;
  };
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = "GET", url = "" } = incoming;
    const token = incoming.headers["x-vault-token"];
    const text = (value: string | string[] | undefined): string | undefined =>
      typeof value === "string" ? value : undefined;
    const proxied = {
      method,
      path: url.replace(/^\/v1\//, ""),
      token: text(token),
      namespace: text(incoming.headers["x-vault-namespace"]),
      body: Buffer.concat(chunks).toString("utf8"),
    };
    requests.push(proxied);
    const generation = accepted;
    const fate = await decide(proxied);
    if (fate === "reset-before") return void incoming.socket.destroy();
    if (fate === "stall") return;
    const answered = typeof fate === "object" && "status" in fate ? fate : undefined;
    if (answered !== undefined && !answered.applied)
      return void outgoing.writeHead(answered.status, answered.headers).end(answered.body);
    const deliver = async (): Promise<Received> => {
      const server = typeof target === "string" ? target : target();
      const received = await exchange(`${server}${url}`, incoming, Buffer.concat(chunks));
      observe?.(proxied, { status: received.status, body: received.body.toString("utf8") });
      return received;
    };
    if (typeof fate === "object" && "late" in fate) {
      incoming.socket.destroy();
      return fate.late(async () => void (await deliver()));
    }
    try {
      if (fate === "twice") await deliver();
      const { status, headers, body } = await deliver();
      if (typeof fate === "object" && "between" in fate) await fate.between();
      if (fate === "reset-after") return void incoming.socket.destroy();
      // What the server has refused is not acknowledged here.
      const acknowledges = answered !== undefined && answered.status < 300;
      if (answered !== undefined && !(acknowledges && status >= 300))
        return void outgoing.writeHead(answered.status, answered.headers).end(answered.body);
      const last = fate === "pass-then-refuse" ? { connection: "close" } : {};
      // If accept() was called in the meantime, refusing is no longer wanted.
      if (fate === "pass-then-refuse" && generation === accepted) refuse();
      outgoing.writeHead(status, { ...headers, ...last, "content-length": body.length });
      if (fate === "cut") outgoing.write(body.subarray(0, body.length / 2), () => incoming.socket.destroy());
      else outgoing.end(body);
    } catch {
      incoming.socket.destroy();
    }
  };
  const port = await listen(0);
  return {
    url: `http://${host}:${port}`,
    requests,
    refuse,
    accept: async () => {
      accepted += 1;
      // Several requests may wait for it at once.
      if (server === undefined) opening ??= listen(port).finally(() => (opening = undefined));
      await opening;
    },
    close: () =>
      new Promise((done) => {
        if (server === undefined) return done();
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function exchange(url: string, { method, headers }: IncomingMessage, body: Buffer): Promise<Received> {
  return new Promise((done, fail) => {
    const upstream = forward(url, { method, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", fail);
      answer.on("end", () => {
        // The complete response is available here, even if it came in chunks.
        const { "transfer-encoding": _, ...rest } = answer.headers;
        done({ status: answer.statusCode ?? 502, headers: rest, body: Buffer.concat(parts) });
      });
    });
    upstream.on("error", fail);
    upstream.end(body);
  });
}
