import { ConnectionError, isNoTls, isUntrusted } from "./connection-error.js";
import { nameOf, type Proxy } from "./proxy.js";

function failure(proxy: Proxy, message: string, hint: string, code: string, cause?: unknown): ConnectionError {
  const text = `The proxy ${nameOf(proxy)} ${message}`;
  // Nothing was said to the server, since there is no tunnel to it.
  return new ConnectionError(text, { hint, code: `PROXY_${code}`, unconnected: true, cause });
}

/** How to go on without the proxy, where there is a way. */
function orWithout({ exceptions }: Proxy, target: string): string {
  const host = target.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return exceptions === undefined ? "" : `, or add ${host} to ${exceptions} to reach it directly`;
}

/** The connection to the proxy failed, or ended before it had answered. */
export function proxyFailure(
  proxy: Proxy,
  target: string,
  code: string,
  cause: unknown,
  connected: boolean,
): ConnectionError {
  const { setting } = proxy;
  if (connected) return failure(proxy, `ended the connection without an answer (${code})`, check(proxy, target), code);
  if (isNoTls(code))
    return failure(proxy, `does not speak TLS (${code})`, `Check whether ${setting} should be http://.`, code, cause);
  if (isUntrusted(code)) {
    const hint = `Give the authority of its certificate with NODE_EXTRA_CA_CERTS, or check ${setting}.`;
    return failure(proxy, `has a certificate that is not trusted (${code})`, hint, code, cause);
  }
  return failure(proxy, `cannot be reached (${code})`, check(proxy, target), code, cause);
}

export function silent(proxy: Proxy, target: string): ConnectionError {
  return failure(proxy, "does not answer (ETIMEDOUT)", check(proxy, target), "ETIMEDOUT");
}

/** It answered CONNECT with another status than 200. */
export function refusal(proxy: Proxy, target: string, status: number): ConnectionError {
  const { setting, url } = proxy;
  if (status === 407) {
    const given = url.username !== "" || url.password !== "";
    return failure(
      proxy,
      given ? "does not accept the user and password (status 407)" : "asks for a user and password (status 407)",
      given
        ? `Correct the user and password in ${setting}; special characters have to be percent-encoded.`
        : `Give them in ${setting}, as in http://USER:PASSWORD@${nameOf(proxy)}.`,
      "407",
    );
  }
  const hint =
    status < 400
      ? `Check that ${setting} is an HTTP proxy that tunnels${orWithout(proxy, target)}.`
      : `Check that the proxy may connect to ${target}${orWithout(proxy, target)}.`;
  return failure(proxy, `opens no connection to ${target} (status ${status})`, hint, String(status));
}

export function unreadable(proxy: Proxy, target: string, what: string): ConnectionError {
  const hint = `Check that ${proxy.setting} is an HTTP proxy that tunnels${orWithout(proxy, target)}.`;
  return failure(proxy, `answers with ${what}`, hint, "UNREADABLE");
}

/** No server speaks before its client does, over TLS or over HTTP: this is the proxy's own. */
export function atOnce(proxy: Proxy, target: string): ConnectionError {
  const hint = `Check who runs it, and ${proxy.setting}${orWithout(proxy, target)}.`;
  return failure(proxy, `answers in the place of ${target}, which was not asked yet`, hint, "UNREADABLE");
}

function check(proxy: Proxy, target: string): string {
  return `Check ${proxy.setting}${orWithout(proxy, target)}.`;
}
