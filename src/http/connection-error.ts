import { ServerError } from "../errors.js";
import { LARGEST_ANSWER } from "./exchange.js";
import type { ServerName } from "./transport.js";

export interface ConnectionFailure {
  /** The system's code, e.g. ECONNREFUSED. */
  readonly code: string;
  readonly hint: string;
  /** Whether no connection came about at all, so that the server cannot have seen the request. */
  readonly unconnected: boolean;
  readonly cause?: unknown;
}

/** No whole answer came. Unless there was no connection, whether the request was carried out is unknown. */
export class ConnectionError extends ServerError {
  readonly code: string;
  readonly unconnected: boolean;

  constructor(message: string, { code, hint, unconnected, cause }: ConnectionFailure) {
    super(message, { hint, cause });
    this.code = code;
    this.unconnected = unconnected;
  }
}

/** A whole answer came, or too much of one, and none of it is of use. The same request would be answered so again. */
export class UnusableAnswer extends ConnectionError {}

/** What the codes of `exchange.ts` say of such an answer. */
const UNUSABLE: ReadonlyMap<string, string> = new Map([
  ["EMSGSIZE", `is larger than ${LARGEST_ANSWER / 2 ** 20} MiB`],
  ["EILSEQ", "is not UTF-8"],
  ["EBADMSG", "came before it was asked for"],
]);

/** EMFILE and ENFILE: this process, or the machine, has no socket left. */
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EMFILE",
  "ENFILE",
]);

/** What the server refuses about a client's certificate, TLS 1.3 says only after the handshake. */
function isCertificateAlert(code: string): boolean {
  return code.includes("ALERT") && (code.includes("CERTIFICATE") || code.includes("UNKNOWN_CA"));
}

/**
 * A failure of the server's own, or of the way to it.
 *
 * @param where The server's URL, and the proxy before it if there is one.
 * @param connected Whether the request may have been sent.
 */
export function serverFailure(where: string, server: ServerName, error: unknown, connected: boolean): ConnectionError {
  const code = codeOf(error);
  const unusable = connected ? UNUSABLE.get(code) : undefined;
  if (unusable !== undefined) {
    const hint = `Check that ${server.setting} is the address of ${server.name}, and what stands before it.`;
    const message = `The answer of ${server.name} at ${where} ${unusable}`;
    return new UnusableAnswer(message, { code, hint, unconnected: false });
  }
  const unconnected =
    isCertificateAlert(code) || (!connected && (UNREACHABLE.has(code) || isUntrusted(code) || isNoTls(code)));
  const hint = hintFor(code, server);
  return new ConnectionError(`Cannot reach ${server.name} at ${where} (${code})`, {
    code,
    hint,
    unconnected,
    cause: error,
  });
}

/** Whether nobody vouches for a certificate, or it is of somebody else. */
export function isUntrusted(code: string): boolean {
  return /CERT|SIGNATURE|ALTNAME/.test(code) && !code.startsWith("ERR_SSL_");
}

/** Whether the other side does not speak TLS, or none that we do. */
export function isNoTls(code: string): boolean {
  return code === "EPROTO" || code.startsWith("ERR_SSL_");
}

function hintFor(code: string, { setting, authority, timeout }: ServerName): string {
  if (isCertificateAlert(code))
    return `The server asks for a client certificate that it trusts. Check ${setting}, and for Vault VAULT_CLIENT_CERT.`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const named = authority === "VAULT_CACERT" ? ", or give the name that it has with VAULT_TLS_SERVER_NAME" : "";
    return `The server's certificate is for another name. Check ${setting}${named}.`;
  }
  if (isUntrusted(code)) {
    return `The server's certificate is not trusted. Give its authority with ${authority}, or check ${setting}.`;
  }
  if (isNoTls(code)) return `The server does not speak TLS on this port. Check whether ${setting} should be http://.`;
  if (["ENOTFOUND", "EAI_AGAIN"].includes(code)) return `The name does not resolve. Check ${setting} and the network.`;
  const patience =
    code === "ETIMEDOUT" && timeout !== undefined ? ` ${timeout} sets how long a whole answer may take.` : "";
  return `Check ${setting}, the network, and that the server runs.${patience}`;
}

export function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? code : "connection failed";
}
