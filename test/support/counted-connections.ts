import { type AddressInfo, connect, createServer } from "node:net";

/** A relay on loopback that counts the connections made through it. */
export interface CountedConnections {
  readonly port: number;
  readonly count: () => number;
  close(): Promise<void>;
}

export async function countConnections(target: string): Promise<CountedConnections> {
  let count = 0;
  const server = createServer((incoming) => {
    count += 1;
    const outgoing = connect(Number(new URL(target).port), "127.0.0.1");
    incoming.pipe(outgoing).pipe(incoming);
    incoming.on("error", () => outgoing.destroy());
    outgoing.on("error", () => incoming.destroy());
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    count: () => count,
    close: () => new Promise((done) => void server.close(() => done())),
  };
}
