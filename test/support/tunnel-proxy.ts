import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";

/** How a proxy handles a request to tunnel. */
export type Manner =
  /** Tunnels to a known name; 502 for any other. */
  | "tunnel"
  /** Accepts the request, but never responds. */
  | "silent"
  /** Announces a tunnel, and is silent from then on. */
  | "silent-afterwards"
  /** Sends a header that never ends, one byte at a time. */
  | "drip"
  /** Tunnels one byte at a time. */
  | "drip-afterwards"
  /** Accepts a connection, and closes it at the first byte. */
  | "hang-up"
  /** Sends data of its own, and more at the client's next byte; or closes the connection after it. */
  | { readonly say: string | Uint8Array; readonly more?: string; readonly ends?: boolean };

export interface TunnelProxyOptions {
  /** Known names, as in `{"vault.example.org:443": PORT}` on this machine. */
  readonly routes: Readonly<Record<string, number>>;
  readonly manner?: Manner;
  /** `user:password`; without it, the proxy responds with 407. */
  readonly credentials?: string;
  /** An `https://` proxy. It requests a client certificate, and accepts any, or none. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface TunnelProxy {
  /** Its `host:port`. */
  readonly address: string;
  /** The header of each request to tunnel. */
  readonly heard: readonly string[];
  /** Resolves once this many have arrived. */
  hears(count: number): Promise<void>;
  /** How many clients have presented a certificate. */
  readonly certificates: () => number;
  /** Sets its behaviour from now on. */
  behave(manner: Manner): void;
  close(): Promise<void>;
}

/** An HTTP proxy on loopback that tunnels, or misbehaves. */
export async function startTunnelProxy({
  routes,
  manner: first = "tunnel",
  credentials,
  tls,
}: TunnelProxyOptions): Promise<TunnelProxy> {
  let manner = first;
  let certificates = 0;
  const heard: string[] = [];
  let listeners: (() => boolean)[] = [];
  const open = new Set<Socket>();
  const expected =
    credentials === undefined ? undefined : `Basic ${Buffer.from(credentials, "utf8").toString("base64")}`;

  const answer = (client: Socket, head: string): void => {
    heard.push(head);
    listeners = listeners.filter((tell) => !tell());
    const [, target = ""] = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head) ?? [];
    if (expected !== undefined && !head.includes(`\r\nProxy-Authorization: ${expected}\r\n`)) {
      client.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n");
      return;
    }
    if (manner === "silent") return;
    if (manner === "hang-up") return void client.destroy();
    if (typeof manner === "object") {
      const { say, more, ends } = manner;
      if (ends) return void client.end(say);
      client.write(say);
      if (more !== undefined) client.once("data", () => client.write(more));
      return;
    }
    if (manner === "silent-afterwards") return void client.write("HTTP/1.1 200 OK\r\n\r\n");
    if (manner === "drip") return drip(client, Buffer.from(`HTTP/1.1 200 OK\r\nx-padding: ${"x".repeat(10_000)}`));
    const port = routes[target];
    if (port === undefined) return void client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    const server = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\nvia: 1.1 a-proxy\r\n\r\n");
      client.pipe(server);
      if (manner === "drip-afterwards") server.on("data", (chunk) => drip(client, chunk));
      else server.pipe(client);
    });
    open.add(server);
    server.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("close", () => server.destroy());
  };

  const serve = (client: Socket): void => {
    open.add(client);
    client.on("error", () => {});
    let head = "";
    const read = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.startsWith("C")) return void client.end("HTTP/1.1 400 Bad Request\r\n\r\n");
      if (!head.endsWith("\r\n\r\n")) return;
      client.off("data", read);
      answer(client, head);
    };
    client.on("data", read);
  };
  const server: Server = tls
    ? createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: false }, (client: TLSSocket) => {
        if (Object.keys(client.getPeerCertificate()).length > 0) certificates += 1;
        serve(client);
      })
    : createServer(serve);
  // A client that does not trust an `https://` proxy sends an alert and disconnects.
  server.on("tlsClientError", () => {});
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    hears: (count) =>
      new Promise((done) => {
        const tell = (): boolean => {
          if (heard.length < count) return false;
          done();
          return true;
        };
        if (!tell()) listeners.push(tell);
      }),
    certificates: () => certificates,
    behave: (next) => (manner = next),
    close: () =>
      new Promise((done) => {
        for (const socket of open) socket.destroy();
        server.close(() => done());
      }),
  };
}

/** One byte every few milliseconds: more often than any inactivity timeout. */
function drip(client: Socket, bytes: Buffer): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (client.destroyed || sent === bytes.length) clearInterval(timer);
    else client.write(bytes.subarray(sent, (sent += 1)));
  }, 5);
}
