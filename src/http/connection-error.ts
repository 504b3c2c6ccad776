import { ServerError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import { LARGEST_ANSWER, type ServerName } from "./request.js";
import { nameOf, type Proxy } from "./proxy.js";

export interface ConnectionFailure {
  /** The system's code, e.g. ECONNREFUSED. */
  readonly code: string;
  /** Whether there was no connection at all, so that the server cannot have seen the request. */
  readonly unconnected: boolean;
  readonly cause?: unknown;
}

/** There was no complete response. If a connection was made, the request may have been carried out. */
export class ConnectionError extends ServerError {
  readonly code: string;
  readonly unconnected: boolean;

  constructor(what: AnyDiagnostic, { code, unconnected, cause }: ConnectionFailure) {
    super(what, { cause });
    this.code = code;
    this.unconnected = unconnected;
  }
}

/** The response was complete, or too long, but unusable. Retrying would return the same response. */
export class UnusableAnswer extends ConnectionError {}

/** A server, and the route to it. */
export interface Destination {
  readonly server: ServerName;
  readonly url: string;
  readonly proxy?: Proxy | undefined;
}

/** EMFILE and ENFILE: this process, or the machine, has no sockets left. */
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EMFILE",
  "ENFILE",
]);

/** With TLS 1.3, the server rejects a client certificate only after the handshake. */
function isCertificateAlert(code: string): boolean {
  return code.includes("ALERT") && (code.includes("CERTIFICATE") || code.includes("UNKNOWN_CA"));
}

/**
 * A failure of the server itself, or of the route to it.
 *
 * @param connected Whether the request may have been sent.
 */
export function serverFailure(to: Destination, error: unknown, connected: boolean): ConnectionError {
  const code = codeOf(error);
  const unusable = connected ? unusableAnswer(to, code) : undefined;
  if (unusable !== undefined) return new UnusableAnswer(unusable, { code, unconnected: false });
  const unconnected =
    isCertificateAlert(code) || (!connected && (UNREACHABLE.has(code) || isUntrusted(code) || isNoTls(code)));
  return new ConnectionError(noAnswer(to, code), { code, unconnected, cause: error });
}

function detailsOf({ server, url, proxy }: Destination) {
  return { server: server.name, setting: server.setting, url, proxy: proxy && nameOf(proxy) };
}

/** The meaning of the codes in `exchange.ts` for a received response. */
function unusableAnswer(
  to: Destination,
  code: string,
): Diagnostic<"answer-too-large" | "answer-not-utf8" | "answer-before-request"> | undefined {
  const at = detailsOf(to);
  if (code === "EMSGSIZE") return diagnostic("answer-too-large", { ...at, mebibytes: LARGEST_ANSWER / 2 ** 20 });
  if (code === "EILSEQ") return diagnostic("answer-not-utf8", at);
  return code === "EBADMSG" ? diagnostic("answer-before-request", at) : undefined;
}

function noAnswer(to: Destination, errno: string): AnyDiagnostic {
  const at = { ...detailsOf(to), errno };
  const { authority, unreadAuthority, timeout } = to.server;
  const trust = { authority, ...(unreadAuthority !== undefined && { unreadAuthority }) };
  if (isCertificateAlert(errno)) return diagnostic("client-certificate-refused", at);
  if (errno === "ERR_TLS_CERT_ALTNAME_INVALID") return diagnostic("server-certificate-wrong-name", { ...at, ...trust });
  if (isUntrusted(errno)) return diagnostic("server-certificate-untrusted", { ...at, ...trust });
  if (isNoTls(errno)) return diagnostic("server-not-tls", at);
  if (errno === "ENOTFOUND" || errno === "EAI_AGAIN") return diagnostic("server-name-unresolved", at);
  if (errno === "ETIMEDOUT") return diagnostic("server-timed-out", { ...at, timeout });
  return diagnostic("server-unreachable", at);
}

/** Whether a certificate is untrusted, or belongs to another server. */
export function isUntrusted(code: string): boolean {
  return /CERT|SIGNATURE|ALTNAME/.test(code) && !code.startsWith("ERR_SSL_");
}

/** Whether the other side does not speak TLS, or no version that we support. */
export function isNoTls(code: string): boolean {
  return code === "EPROTO" || code.startsWith("ERR_SSL_");
}

export function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? code : "connection failed";
}
