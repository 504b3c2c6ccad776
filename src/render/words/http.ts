import type { ErrnoDetails, HTTP, ProxyDetails, ServerDetails } from "../../model/diagnostics/http.js";
import type { Words } from "./words.js";

export const HTTP_WORDS: Words<typeof HTTP> = {
  "answer-before-request": {
    summary: ({ details }) => `${answer(details)} came before the request was sent`,
    hint: ({ details }) => notThatServer(details),
  },
  "answer-not-utf8": {
    summary: ({ details }) => `${answer(details)} is not UTF-8`,
    hint: ({ details }) => notThatServer(details),
  },
  "answer-too-large": {
    summary: ({ details }) => `${answer(details)} is larger than ${details.mebibytes} MiB`,
    hint: ({ details }) => notThatServer(details),
  },
  "client-certificate-refused": {
    summary: ({ details }) => unreachable(details),
    hint: ({ details: { setting, server } }) =>
      `The server requires a client certificate that it trusts. Check ${setting}${server === "Vault" ? " and VAULT_CLIENT_CERT" : ""}.`,
  },
  "proxy-answers-for-server": {
    summary: ({ details: { proxy, target } }) =>
      `The proxy ${proxy} answered instead of ${target}, which had not been contacted yet`,
    hint: ({ details }) => `Check who runs it, and ${details.setting}${orWithout(details)}.`,
  },
  "proxy-certificate-untrusted": {
    summary: ({ details: { proxy, errno } }) => `The proxy ${proxy} has a certificate that is not trusted (${errno})`,
    hint: ({ details: { setting } }) => `Give its CA certificate with NODE_EXTRA_CA_CERTS, or check ${setting}.`,
  },
  "proxy-closed-connection": {
    summary: ({ details: { proxy, errno } }) => `The proxy ${proxy} closed the connection without answering (${errno})`,
    hint: ({ details }) => checkProxy(details),
  },
  "proxy-credentials-missing": {
    summary: ({ details: { proxy } }) => `The proxy ${proxy} requires a user name and password (status 407)`,
    hint: ({ details: { proxy, setting } }) => `Give them in ${setting}, as USER:PASSWORD@${proxy}.`,
  },
  "proxy-credentials-refused": {
    summary: ({ details: { proxy } }) => `The proxy ${proxy} does not accept the user and password (status 407)`,
    hint: ({ details: { setting } }) =>
      `Correct the user and password in ${setting}; special characters have to be percent-encoded.`,
  },
  "proxy-header-too-large": {
    summary: ({ details: { proxy } }) => `The proxy ${proxy} answers with a header of more than 16 KiB`,
    hint: ({ details }) => noTunnel(details),
  },
  "proxy-not-http": {
    summary: ({ details: { proxy } }) => `The proxy ${proxy} answers with something other than HTTP`,
    hint: ({ details }) => noTunnel(details),
  },
  "proxy-not-tls": {
    summary: ({ details: { proxy, errno } }) => `The TLS handshake with the proxy ${proxy} failed (${errno})`,
    hint: ({ details: { setting } }) => `Check whether ${setting} should be http://.`,
  },
  "proxy-timed-out": {
    summary: ({ details: { proxy } }) => `The proxy ${proxy} does not answer (ETIMEDOUT)`,
    hint: ({ details }) => checkProxy(details),
  },
  "proxy-tunnel-refused": {
    summary: ({ details: { proxy, target, status } }) =>
      `The proxy ${proxy} refuses a connection to ${target} (status ${status})`,
    hint: ({ details }) =>
      details.status < 400
        ? noTunnel(details)
        : `Check that the proxy may connect to ${details.target}${orWithout(details)}.`,
  },
  "proxy-unreachable": {
    summary: ({ details: { proxy, errno } }) => `The proxy ${proxy} cannot be reached (${errno})`,
    hint: ({ details }) => checkProxy(details),
  },
  "proxy-url-invalid": {
    summary: ({ details: { setting } }) => `${setting} is not the URL of an HTTP proxy`,
    hint: "For example: http://proxy.example.org:3128. Other kinds of proxy, such as SOCKS, are not supported.",
  },
  "proxy-url-not-encoded": {
    summary: ({ details: { setting } }) => `${setting} holds a user or password that is not percent-encoded`,
    hint: "Percent-encode each special character: / as %2F, # as %23, ? as %3F, @ as %40, % as %25.",
  },
  "server-certificate-untrusted": {
    summary: ({ details }) => unreachable(details),
    hint: ({ details: { authority, unreadAuthority: unread, setting, errno } }) => {
      if (errno === "CERT_HAS_EXPIRED") return "A certificate of the server has expired: renew it.";
      if (errno === "CERT_NOT_YET_VALID") return "A certificate of the server is not valid yet: check the clocks.";
      const given = unread === undefined ? authority : `${authority}="$${unread}" (${unread} itself is not read)`;
      return `The server's certificate is not trusted. Give its CA certificate with ${given}, or check ${setting}.`;
    },
  },
  "server-certificate-wrong-name": {
    summary: ({ details }) => unreachable(details),
    hint: ({ details: { authority, setting } }) => {
      const named = authority === "VAULT_CACERT" ? ", or set VAULT_TLS_SERVER_NAME to the name in it" : "";
      return `The server's certificate is for another name. Check ${setting}${named}.`;
    },
  },
  "server-name-unresolved": {
    summary: ({ details }) => unreachable(details),
    hint: ({ details: { setting } }) => `The name does not resolve. Check ${setting} and the network.`,
  },
  "server-not-tls": {
    summary: ({ details }) => unreachable(details),
    hint: ({ details: { setting } }) => `The TLS handshake failed. Check whether ${setting} should be http://.`,
  },
  "server-timed-out": {
    summary: ({ details }) => unreachable(details),
    hint: ({ details }) => {
      const { timeout } = details;
      const patience = timeout === undefined ? "" : ` ${timeout} sets how long a response can take.`;
      return `${checkServer(details)}${patience}`;
    },
  },
  "server-unreachable": {
    summary: ({ details }) => unreachable(details),
    hint: ({ details }) => checkServer(details),
  },
};

function placeOf({ server, url, proxy }: ServerDetails): string {
  return `${server} at ${url}${proxy === undefined ? "" : ` through the proxy ${proxy}`}`;
}

function unreachable(details: ServerDetails & ErrnoDetails): string {
  return `Cannot reach ${placeOf(details)} (${details.errno})`;
}

function checkServer({ setting }: ServerDetails): string {
  return `Check ${setting}, the network, and that the server is running.`;
}

function answer(details: ServerDetails): string {
  return `The response from ${placeOf(details)}`;
}

function notThatServer({ setting, server }: ServerDetails): string {
  return `Check that ${setting} is the address of ${server}, and check any proxy in front of it.`;
}

function checkProxy(details: ProxyDetails): string {
  return `Check ${details.setting}${orWithout(details)}.`;
}

function noTunnel(details: ProxyDetails): string {
  return `Check that ${details.setting} is an HTTP proxy that supports CONNECT${orWithout(details)}.`;
}

/** How to go on without the proxy, where there is a way. */
function orWithout({ exceptions, target }: ProxyDetails): string {
  const host = target.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return exceptions === undefined ? "" : `, or add ${host} to ${exceptions} to reach it directly`;
}
