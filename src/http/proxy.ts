import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { defaultPort, isExempt, isLoopback } from "./no-proxy.js";

/** An HTTP proxy that tunnels. */
export interface Proxy {
  readonly url: URL;
  /** The setting that contains its URL. */
  readonly setting: string;
  /** The setting that lists the hosts to reach without it, if there is one. */
  readonly exceptions?: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The proxy that the environment sets for a server; none for this machine. */
export function prescribedProxy(env: Variables, server: string): Proxy | undefined {
  const url = new URL(server);
  // In a CGI program, HTTP_PROXY may come from the client's Proxy header.
  const names =
    url.protocol === "https:"
      ? ["HTTPS_PROXY", "https_proxy"]
      : [...(env["REQUEST_METHOD"] ? [] : ["HTTP_PROXY"]), "http_proxy"];
  const setting = names.find((name) => env[name]);
  if (setting === undefined || isLoopback(url.hostname)) return undefined;
  if (isExempt(url, env["NO_PROXY"] || env["no_proxy"] || "")) return undefined;
  return { ...parseProxy(setting, env[setting] ?? ""), exceptions: "NO_PROXY" };
}

/** Parses a proxy setting; `host:port` means `http://`. Errors never quote it: it may contain a password. */
export function parseProxy(setting: string, text: string): Proxy {
  const trimmed = text.trim();
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new PhalanxError(diagnostic("proxy-url-invalid", { setting }));
  }
  // A slash in a password ends the host, and the text before it would be taken for the host.
  if (`${url.pathname}${url.search}${url.hash}`.includes("@") || authorizationOf(url) === undefined) {
    throw new PhalanxError(diagnostic("proxy-url-not-encoded", { setting }));
  }
  return { url, setting };
}

/** The credentials for the proxy; empty if its URL has none. Undefined if they cannot be decoded. */
export function authorizationOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return "";
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString("base64")}`;
  } catch {
    return undefined;
  }
}

/** The name of a proxy in messages: never with its user or password. */
export function nameOf({ url }: Proxy): string {
  return `${url.hostname}:${url.port || defaultPort(url.protocol)}`;
}
