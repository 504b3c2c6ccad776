import type { Agent, AgentOptions, IncomingMessage, RequestOptions } from "node:http";
import { ServerError } from "../errors.js";
import { logged, type RequestLog } from "./request-log.js";

export interface TransportRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "LIST";
  /** Below `/v1/`, each component already percent-encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Far more than a server that speaks one of our protocols ever answers, and little enough to keep. */
const LARGEST_ANSWER = 64 * 2 ** 20;

/** Far more than any of them says of an error; what comes after it is not kept. */
const LARGEST_ERROR = 2 ** 20;

/** One HTTP exchange. Rejects with a ConnectionError if there was no whole answer. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;

/** No whole answer came: whether the request was carried out is unknown. */
export class ConnectionError extends ServerError {
  /** The system's code, e.g. ECONNREFUSED. */
  readonly code: string;

  /** Whether no connection came about at all, so that the server cannot have seen the request. */
  get unconnected(): boolean {
    return (
      ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"].includes(this.code) ||
      isTlsFailure(this.code)
    );
  }

  constructor(url: string, { name, setting, authority }: ServerName, code: string, cause: unknown) {
    super(`Cannot reach ${name} at ${url} (${code})`, { hint: hintFor(code, setting, authority), cause });
    this.code = code;
  }
}

/** What messages call a server, and where it is configured. */
export interface ServerName {
  readonly name: string;
  /** The setting that holds its URL. */
  readonly setting: string;
  /** The variable that names the authority of its certificate. */
  readonly authority: string;
}

/** TLS material in PEM. */
export interface TlsOptions {
  readonly ca?: string | readonly string[];
  readonly cert?: string;
  readonly key?: string;
  /** The name that the server's certificate has to have, where it is not the URL's. */
  readonly servername?: string;
  /** False: any certificate is taken. */
  readonly rejectUnauthorized?: boolean;
}

/** Milliseconds without a byte before a request fails. */
export const DEFAULT_TIMEOUT = 60_000;

export interface TransportOptions {
  readonly server: ServerName;
  readonly url: string;
  readonly tls?: TlsOptions;
  /** What stands before every path; `/v1/` if nothing is said. */
  readonly prefix?: string;
  /** URL of an HTTP proxy that tunnels. */
  readonly proxy?: string;
  /** Parallel connections. */
  readonly maxConnections: number;
  /** Milliseconds without a byte before a request fails. */
  readonly timeout: number;
  /** Told of every exchange. */
  readonly log?: RequestLog | undefined;
}

export interface OpenTransport {
  readonly request: Transport;
  /** Closes idle connections, so that the process can end at once. */
  readonly close: () => void;
}

function isTlsFailure(code: string): boolean {
  return code === "EPROTO" || /CERT|TLS|SSL|SIGNATURE|ALTNAME/.test(code);
}

function hintFor(code: string, setting: string, authority: string): string {
  if (/CERT|TLS|SSL|SIGNATURE|ALTNAME/.test(code)) {
    return `The server's certificate is not trusted. Give its authority with ${authority}, or check ${setting}.`;
  }
  if (code === "EPROTO")
    return `The server does not speak TLS on this port. Check whether ${setting} should be http://.`;
  if (["ENOTFOUND", "EAI_AGAIN"].includes(code)) return `The name does not resolve. Check ${setting} and the network.`;
  return `Check ${setting}, the network, and that the server runs.`;
}

/**
 * Opens keep-alive connections to one server. Plain `node:http`: twice as quick to start as `fetch`, and it honours no
 * redirect, so that a token never travels to another host.
 */
export async function openTransport({
  server,
  url,
  tls,
  prefix = "v1/",
  proxy,
  maxConnections,
  timeout,
  log,
}: TransportOptions): Promise<OpenTransport> {
  const base = new URL(url);
  const secure = base.protocol === "https:";
  const { Agent: KeepAliveAgent, request } = secure ? await import("node:https") : await import("node:http");
  const settings = { keepAlive: true, maxSockets: maxConnections, ...(secure ? secureOptions(tls) : {}) };
  const agent = proxy === undefined ? new KeepAliveAgent(settings) : await tunnel(proxy, settings);
  const common: RequestOptions = { agent, host: base.hostname.replace(/^\[|\]$/g, ""), port: base.port, timeout };
  const root = `${base.pathname.replace(/\/$/, "")}/${prefix}`;
  const exchange: Transport = ({ method, path, headers, body }) =>
    new Promise((done, fail) => {
      const refuse = (error: unknown): void => fail(new ConnectionError(url, server, codeOf(error), error));
      const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
      const outgoing = request({ ...common, method, path: root + path }, (incoming: IncomingMessage) => {
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > LARGEST_ANSWER) incoming.destroy(Object.assign(new Error("too large"), { code: "EMSGSIZE" }));
          else if (size <= LARGEST_ERROR || (incoming.statusCode ?? 0) < 400) chunks.push(chunk);
        });
        incoming.on("error", refuse);
        incoming.on("end", () => {
          if (!incoming.complete) return refuse(Object.assign(new Error("cut off"), { code: "ECONNRESET" }));
          done({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString("utf8"),
          });
        });
      });
      // Not among the options, which Node prints when NODE_DEBUG is set.
      for (const [name, value] of Object.entries({ ...headers, ...length })) outgoing.setHeader(name, value);
      outgoing.on("timeout", () => outgoing.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
      outgoing.on("error", refuse);
      outgoing.end(body);
    });
  return {
    close: () => agent.destroy(),
    request: log === undefined ? exchange : logged(exchange, server.name, root, log),
  };
}

/** Loaded only where a proxy is prescribed. */
async function tunnel(proxy: string, settings: AgentOptions): Promise<Agent> {
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  return new HttpsProxyAgent(proxy, settings);
}

function secureOptions(tls: TlsOptions | undefined): Record<string, unknown> {
  return { ...tls };
}

function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? code : "connection failed";
}
