import { error } from "../diagnostic.js";

export interface ServerDetails {
  /** Its name in messages. */
  readonly server: string;
  /** The setting that contains its URL. */
  readonly setting: string;
  readonly url: string;
  /** `host:port` of the proxy in front of it, if there is one. */
  readonly proxy: string | undefined;
}

/** A proxy, and the target behind it. */
export interface ProxyDetails {
  /** `host:port`, never with a user or password. */
  readonly proxy: string;
  /** The setting that contains its URL. */
  readonly setting: string;
  /** The setting that lists the hosts to reach without it, if there is one. */
  readonly exceptions: string | undefined;
  /** `host:port`. */
  readonly target: string;
}

/** An error code of the system or of TLS, e.g. `ECONNREFUSED`. */
export interface ErrnoDetails {
  readonly errno: string;
}

/** The variable that names the trusted CAs, and one that is set instead but not read. */
export interface AuthorityDetails {
  readonly authority: string;
  readonly unreadAuthority?: string;
}

/** Diagnostics about connections, TLS and proxies. */
export const HTTP = {
  "answer-before-request": error<ServerDetails>(),
  "answer-not-utf8": error<ServerDetails>(),
  "answer-too-large": error<ServerDetails & { readonly mebibytes: number }>(),
  "client-certificate-refused": error<ServerDetails & ErrnoDetails>(),
  "proxy-answers-for-server": error<ProxyDetails>(),
  "proxy-certificate-untrusted": error<ProxyDetails & ErrnoDetails>(),
  "proxy-closed-connection": error<ProxyDetails & ErrnoDetails>(),
  "proxy-credentials-missing": error<ProxyDetails>(),
  "proxy-credentials-refused": error<ProxyDetails>(),
  "proxy-header-too-large": error<ProxyDetails>(),
  "proxy-not-http": error<ProxyDetails>(),
  "proxy-not-tls": error<ProxyDetails & ErrnoDetails>(),
  "proxy-timed-out": error<ProxyDetails>(),
  "proxy-tunnel-refused": error<ProxyDetails & { readonly status: number }>(),
  "proxy-unreachable": error<ProxyDetails & ErrnoDetails>(),
  "proxy-url-invalid": error<{ readonly setting: string }>(),
  "proxy-url-not-encoded": error<{ readonly setting: string }>(),
  "server-certificate-untrusted": error<ServerDetails & ErrnoDetails & AuthorityDetails>(),
  "server-certificate-wrong-name": error<ServerDetails & ErrnoDetails & AuthorityDetails>(),
  "server-name-unresolved": error<ServerDetails & ErrnoDetails>(),
  "server-not-tls": error<ServerDetails & ErrnoDetails>(),
  "server-timed-out": error<ServerDetails & ErrnoDetails & { readonly timeout: string | undefined }>(),
  "server-unreachable": error<ServerDetails & ErrnoDetails>(),
} as const;
