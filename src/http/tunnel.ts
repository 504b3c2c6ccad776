import type { Agent } from "node:http";
import { connect, isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { ConnectionError } from "./connection-error.js";
import { failed } from "./exchange.js";
import { defaultPort, withoutBrackets } from "./no-proxy.js";
import { authorizationOf, type Proxy } from "./proxy.js";
import { type ProxyFailures, proxyFailures } from "./proxy-failure.js";

/** The longest header accepted in a proxy's response to CONNECT. */
const LARGEST_HEADER = 16 * 2 ** 10;

export interface Tunnels {
  /** The error for a request that got no connection in time. */
  readonly tooLate: () => ConnectionError;
  /** Aborts the connections being opened. */
  readonly close: () => void;
}

/**
 * Opens an agent's connections to one server through a proxy. Nothing that the proxy itself sends is ever read as a
 * response from the server, and the agent's TLS settings apply only to the server.
 */
export function makeTunnels(agent: Agent, proxy: Proxy, server: URL, timeout: number): Tunnels {
  const opening = new Set<Socket>();
  const target = `${server.hostname}:${server.port || defaultPort(server.protocol)}`;
  const failures = proxyFailures(proxy, target);
  agent.createConnection = (options, done) => {
    const socket = connectTo(proxy);
    opening.add(socket);
    ask(socket, { proxy, target, timeout, failures }, (failure) => {
      opening.delete(socket);
      if (failure) done?.(failure, socket);
      else if (server.protocol === "http:") done?.(null, socket);
      else done?.(null, connectTls({ ...(options as ConnectionOptions), path: undefined, socket }));
    });
    return undefined;
  };
  return {
    tooLate: failures.timedOut,
    close: () => opening.forEach((socket) => socket.destroy()),
  };
}

/** An `https://` proxy is verified by its own name, regardless of the server's settings. */
function connectTo({ url }: Proxy): Socket {
  const host = withoutBrackets(url.hostname);
  const port = Number(url.port || defaultPort(url.protocol));
  if (url.protocol === "http:") return connect({ host, port, noDelay: true });
  return connectTls({ host, port, servername: isIP(host) === 0 ? host : "", rejectUnauthorized: true });
}

interface Asked {
  readonly proxy: Proxy;
  /** `host:port`. */
  readonly target: string;
  readonly timeout: number;
  readonly failures: ProxyFailures;
}

/** Requests a tunnel from a proxy, and passes it on before another byte can arrive. */
function ask(
  socket: Socket,
  { proxy, target, timeout, failures }: Asked,
  done: (failure: ConnectionError | undefined) => void,
): void {
  const authorization = authorizationOf(proxy.url);
  let connected = false;
  let head = "";
  const settle = (failure: ConnectionError | undefined): void => {
    clearTimeout(timer);
    socket.off("data", read).off("close", onClose).off("error", onError);
    // The connection that uses the socket reports later errors.
    socket.on("error", () => {});
    if (failure) socket.destroy();
    done(failure);
  };
  const read = (chunk: Buffer): void => {
    head += chunk.toString("latin1");
    const end = /\r?\n\r?\n/.exec(head);
    const length = end === null ? head.length : end.index + end[0].length;
    if (length > LARGEST_HEADER) return settle(failures.headerTooLarge());
    if (end === null) return;
    const status = /^HTTP\/1\.[01] (\d{3})(?: |\r?\n)/.exec(head)?.[1];
    if (status === undefined) return settle(failures.notHttp());
    if (status !== "200") return settle(failures.refused(Number(status)));
    settle(head.length > length ? failures.answersForServer() : undefined);
  };
  const onError = (error: unknown): void => settle(failures.disconnected(error, connected));
  const onClose = (): void => settle(failures.disconnected(failed("closed", "ECONNRESET"), connected));
  const timer = setTimeout(() => settle(failures.timedOut()), timeout);
  socket.on("data", read).on("close", onClose).on("error", onError);
  // Only after the proxy has been authenticated, since this sends user and password.
  socket.once(proxy.url.protocol === "https:" ? "secureConnect" : "connect", () => {
    connected = true;
    const who = authorization ? `Proxy-Authorization: ${authorization}\r\n` : "";
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${who}\r\n`);
  });
}
