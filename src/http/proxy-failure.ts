import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { codeOf, ConnectionError, isNoTls, isUntrusted } from "./connection-error.js";
import { nameOf, type Proxy } from "./proxy.js";

/**
 * Errors on the route through a proxy to `target`. The server has not received anything yet, since there is no tunnel
 * to it.
 */
export interface ProxyFailures {
  /** The connection to the proxy failed, or ended before the proxy responded. */
  readonly disconnected: (error: unknown, connected: boolean) => ConnectionError;
  readonly timedOut: () => ConnectionError;
  /** It responded to CONNECT with a status other than 200. */
  readonly refused: (status: number) => ConnectionError;
  readonly headerTooLarge: () => ConnectionError;
  readonly notHttp: () => ConnectionError;
  /** No server speaks before its client does, over TLS or over HTTP: the data is from the proxy itself. */
  readonly answersForServer: () => ConnectionError;
}

export function proxyFailures(proxy: Proxy, target: string): ProxyFailures {
  const { setting, exceptions, url } = proxy;
  const at = { proxy: nameOf(proxy), setting, exceptions, target };
  return {
    disconnected: (error, connected) => {
      const errno = codeOf(error);
      if (connected) return failure(diagnostic("proxy-closed-connection", { ...at, errno }), errno);
      const code = isNoTls(errno)
        ? "proxy-not-tls"
        : isUntrusted(errno)
          ? "proxy-certificate-untrusted"
          : "proxy-unreachable";
      return failure(diagnostic(code, { ...at, errno }), errno, error);
    },
    timedOut: () => failure(diagnostic("proxy-timed-out", at), "ETIMEDOUT"),
    refused: (status) => {
      if (status !== 407) return failure(diagnostic("proxy-tunnel-refused", { ...at, status }), `${status}`);
      const given = url.username !== "" || url.password !== "";
      return failure(diagnostic(given ? "proxy-credentials-refused" : "proxy-credentials-missing", at), "407");
    },
    headerTooLarge: () => failure(diagnostic("proxy-header-too-large", at), "UNREADABLE"),
    notHttp: () => failure(diagnostic("proxy-not-http", at), "UNREADABLE"),
    answersForServer: () => failure(diagnostic("proxy-answers-for-server", at), "UNREADABLE"),
  };
}

function failure(what: AnyDiagnostic, code: string, cause?: unknown): ConnectionError {
  return new ConnectionError(what, { code: `PROXY_${code}`, unconnected: true, cause });
}
