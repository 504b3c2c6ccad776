import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { defaultPort, isExempt, isLoopback } from "./no-proxy.js";

/** An HTTP proxy that tunnels. */
export interface Proxy {
  readonly url: URL;
  /** The setting that holds its URL. */
  readonly setting: string;
  /** The setting that lists the hosts which are reached without it, if there is one. */
  readonly exceptions?: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The proxy that the environment prescribes for a server; none for this machine itself. */
export function prescribedProxy(env: Variables, server: string): Proxy | undefined {
  const url = new URL(server);
  // What stands in HTTP_PROXY of a CGI program, its client may have sent as the header Proxy.
  const names =
    url.protocol === "https:"
      ? ["HTTPS_PROXY", "https_proxy"]
      : [...(env["REQUEST_METHOD"] ? [] : ["HTTP_PROXY"]), "http_proxy"];
  const setting = names.find((name) => env[name]);
  if (setting === undefined || isLoopback(url.hostname)) return undefined;
  if (isExempt(url, env["NO_PROXY"] || env["no_proxy"] || "")) return undefined;
  return { ...parseProxy(setting, env[setting] ?? ""), exceptions: "NO_PROXY" };
}

/** A proxy as its setting names it; `host:port` is one of `http://`. Errors never quote it: it may hold a password. */
export function parseProxy(setting: string, text: string): Proxy {
  const trimmed = text.trim();
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new PhalanxError(diagnostic("proxy-url-invalid", { setting }));
  }
  // A slash in a password ends the host, and what comes before it would be taken for that.
  if (`${url.pathname}${url.search}${url.hash}`.includes("@") || authorizationOf(url) === undefined) {
    throw new PhalanxError(diagnostic("proxy-url-not-encoded", { setting }));
  }
  return { url, setting };
}

/** What the proxy wants to know who we are; empty if its URL does not say. Undefined if that cannot be decoded. */
export function authorizationOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return "";
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString("base64")}`;
  } catch {
    return undefined;
  }
}

/** What messages call a proxy: never with its user or password. */
export function nameOf({ url }: Proxy): string {
  return `${url.hostname}:${url.port || defaultPort(url.protocol)}`;
}
