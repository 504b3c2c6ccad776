import type { RequestOptions } from "node:http";
import { destroyWhereUnasked } from "./idle-connections.js";
import type { AgentOptions } from "node:https";
import pLimit from "p-limit";
import { ConnectionError, serverFailure } from "./connection-error.js";
import { exchange, failed, type Failing, type UnderWay } from "./exchange.js";
import { withoutBrackets } from "./no-proxy.js";
import type { Proxy } from "./proxy.js";
import type { ServerName, Transport } from "./request.js";
import { logged, type RequestLog } from "./request-log.js";

/** How to verify the server, and a client certificate. */
export interface TlsOptions {
  /** CA certificates to trust instead of those that come with Node, in PEM. */
  readonly ca?: string | readonly string[];
  /** The client certificate, in PEM. */
  readonly cert?: string;
  /** Its private key, in PEM. */
  readonly key?: string;
  /** The name to verify in the server's certificate. Default: the host of the URL. */
  readonly servername?: string;
  /** `false` accepts any certificate. Default: `true`. */
  readonly rejectUnauthorized?: boolean;
}

/** Milliseconds that a request may take, to the last byte of its response. */
export const DEFAULT_TIMEOUT = 60_000;

/** A Node timer set to more fires at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

export interface TransportOptions {
  readonly server: ServerName;
  readonly url: string;
  readonly tls?: TlsOptions;
  /** Prefix of every path; `/v1/` by default. */
  readonly prefix?: string;
  readonly proxy?: Proxy | undefined;
  readonly maxConnections: number;
  /**
   * Milliseconds from when a request may use a connection, which may still have to be opened, to the end of its
   * response.
   */
  readonly timeout: number;
  /** Receives every exchange. */
  readonly log?: RequestLog | undefined;
}

export interface OpenTransport {
  readonly request: Transport;
  /** Closes all connections, so that the process can exit at once. */
  readonly close: () => void;
}

/**
 * Opens keep-alive connections to one server. Plain `node:http`: it starts twice as fast as `fetch`, and follows no
 * redirects, so a token never travels to another host.
 */
export async function openTransport(options: TransportOptions): Promise<OpenTransport> {
  const { server, url, tls, prefix = "v1/", proxy, maxConnections, log } = options;
  const base = new URL(url);
  const secure = base.protocol === "https:";
  const { Agent: KeepAliveAgent, request } = secure ? await import("node:https") : await import("node:http");
  // Only these options can disable verification, not Node's own variables.
  const ours = secure ? { rejectUnauthorized: true, ...(tls as AgentOptions | undefined) } : {};
  const agent = new KeepAliveAgent({ keepAlive: true, maxSockets: maxConnections, ...ours });
  destroyWhereUnasked(agent);
  const timeout = Math.min(options.timeout, LONGEST_TIMEOUT);
  const tunnels = proxy && (await import("./tunnel.js")).makeTunnels(agent, proxy, base, timeout);
  const common: RequestOptions = { agent, host: withoutBrackets(base.hostname), port: base.port };
  const root = `${base.pathname.replace(/\/$/, "")}/${prefix}`;
  const underWay: UnderWay = new Set();
  let closed = false;
  const fail: Failing = (error, { connected, waiting }) => {
    if (error instanceof ConnectionError) return error;
    return (waiting && tunnels?.tooLate()) || serverFailure(options, error, connected);
  };
  // Requests queue here and not in the agent, so that waiting for others does not count towards their timeout.
  const limit = pLimit(maxConnections);
  const send: Transport = ({ method, path, headers, body }) =>
    limit(() => {
      if (closed) throw serverFailure(options, failed("closed", "ECONNABORTED"), false);
      const outgoing = request({ ...common, method, path: root + path });
      const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
      // Not in the options, which Node prints if NODE_DEBUG is set.
      for (const [name, value] of Object.entries({ ...headers, ...length })) outgoing.setHeader(name, value);
      return exchange(outgoing, body, { secure, timeout, fail, underWay });
    });
  return {
    close: () => {
      closed = true;
      for (const giveUp of underWay) giveUp(failed("closed", "ECONNABORTED"));
      tunnels?.close();
      agent.destroy();
    },
    request: log === undefined ? send : logged(send, server.name, root, log),
  };
}
