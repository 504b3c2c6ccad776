import { ConnectionError, UnusableAnswer } from "../http/connection-error.js";
import type { TransportResponse } from "../http/request.js";
import { retry } from "../http/retry.js";
import { type OpenTransport, openTransport } from "../http/transport.js";
import type { ClientCertificate, ClusterAccess, ClusterPorts, Identity } from "./access.js";

type Ports = Pick<ClusterPorts, "sleep" | "requestLog">;

/** Sends GET requests, and retries after temporary failures. */
export interface Asking {
  readonly ask: (path: string) => Promise<TransportResponse>;
  readonly close: () => void;
}

/** Parallel connections to one API server: less than half of what one client is granted by default. */
const CONNECTIONS = 8;

/** Milliseconds until a request without a complete response fails: a page of a list takes a second or two. */
const TIMEOUT = 20_000;

/** How often a request is sent before a temporary failure counts as permanent. */
const SENDS = 4;

/** The longest wait before a retry that a server may demand. */
const PATIENCE = 60_000;

const PASSING_STATUS = new Set([408, 429, 500, 502, 503, 504]);

type Reply = TransportResponse | ConnectionError;

export function openAsking({ server: url, connection }: ClusterAccess, { sleep, requestLog }: Ports): Asking {
  const { server, tls, proxy, login } = connection();
  const open = new Map<string, Promise<OpenTransport>>();
  // A plugin may provide another certificate each time, and the server sees it only when a connection is opened.
  const transportFor = (client: ClientCertificate | undefined): Promise<OpenTransport> => {
    const known = open.get(client?.cert ?? "");
    if (known !== undefined) return known;
    const options = { server, url, prefix: "", proxy, maxConnections: CONNECTIONS, timeout: TIMEOUT };
    const opened = openTransport({ ...options, tls: { ...tls, ...client }, log: requestLog });
    open.set(client?.cert ?? "", opened);
    return opened;
  };
  const sendAs = async ({ headers, client }: Identity, path: string): Promise<Reply> => {
    const { request } = await transportFor(client);
    try {
      return await request({ method: "GET", path, headers: { accept: "application/json", ...headers } });
    } catch (error) {
      if (error instanceof ConnectionError) return error;
      throw error;
    }
  };
  const send = async (path: string): Promise<Reply> => {
    const identity = await login.identify();
    const reply = await sendAs(identity, path);
    if (reply instanceof ConnectionError || reply.status !== 401) return reply;
    const renewed = await login.renew(identity);
    return renewed === undefined ? reply : sendAs(renewed, path);
  };
  return {
    ask: async (path) => {
      const reply = await retry(() => send(path), pauseAfter, sleep);
      if (reply instanceof ConnectionError) throw reply;
      return reply;
    },
    close: () => {
      for (const opened of open.values())
        void opened.then(
          (transport) => transport.close(),
          () => {},
        );
    },
  };
}

/** Milliseconds until a request sent `count` times is retried; undefined if its reply is final. */
function pauseAfter(reply: Reply, count: number): number | undefined {
  if (count >= SENDS) return undefined;
  const pause = 100 * 2 ** count;
  if (reply instanceof ConnectionError) return reply.unconnected || reply instanceof UnusableAnswer ? undefined : pause;
  if (!PASSING_STATUS.has(reply.status)) return undefined;
  const header = reply.headers["retry-after"];
  const asked = typeof header === "string" && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : 0;
  return asked > PATIENCE ? undefined : Math.max(asked, pause);
}
