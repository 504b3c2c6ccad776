import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to one request on its way. */
export type Fate =
  /** Forwarded, and the answer given back. */
  | "pass"
  /** The connection is cut before the server sees the request. */
  | "reset-before"
  /** The server carries the request out, but its answer never arrives. */
  | "reset-after"
  /** Half of the server's answer arrives. */
  | "cut"
  /** Answered here, without the server. */
  | { readonly status: number; readonly body: string; readonly headers?: Record<string, string> };

export interface ProxiedRequest {
  readonly method: string;
  /** Below `/v1/`, as it was sent. */
  readonly path: string;
  readonly token: string | undefined;
  readonly namespace: string | undefined;
  readonly body: string;
}

export interface Proxy {
  readonly url: string;
  readonly requests: readonly ProxiedRequest[];
  close(): Promise<void>;
}

/** A proxy on loopback that lets a test decide the fate of each request. */
export async function startProxy(
  target: string,
  decide: (request: ProxiedRequest) => Fate | Promise<Fate>,
): Promise<Proxy> {
  const requests: ProxiedRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    void handle(incoming, outgoing);
  });
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
    const fate = await decide(proxied);
    if (fate === "reset-before") return void incoming.socket.destroy();
    if (typeof fate === "object") return void outgoing.writeHead(fate.status, fate.headers).end(fate.body);
    const upstream = forward(`${target}${url}`, { method, headers: incoming.headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => {
        const body = Buffer.concat(parts);
        if (fate === "reset-after") return incoming.socket.destroy();
        outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, "content-length": body.length });
        if (fate === "cut") return outgoing.write(body.subarray(0, body.length / 2), () => incoming.socket.destroy());
        return outgoing.end(body);
      });
    });
    upstream.on("error", () => incoming.socket.destroy());
    upstream.end(Buffer.concat(chunks));
  };
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
