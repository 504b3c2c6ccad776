import { type AddressInfo, createServer } from "node:net";

/** A server that only records what arrives: nothing meant for another server should. */
export interface Listener {
  readonly url: string;
  /** Everything sent to it; a connection is an entry even if nothing is sent on it. */
  readonly arrived: readonly string[];
  close(): Promise<void>;
}

export async function startListener(): Promise<Listener> {
  const arrived: string[] = [];
  const server = createServer((socket) => {
    arrived.push("a connection");
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      arrived.push(bytes.toString("latin1"));
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 13\r\nConnection: close\r\n\r\n{"errors":[]}');
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    close: () => new Promise((done) => server.close(() => done())),
  };
}
