import { parseProxy } from "../http/proxy.js";
import { DEFAULT_TIMEOUT, openTransport, type TlsOptions } from "../http/transport.js";
import type { Environment } from "../model/environment.js";
import { openSession } from "../vault/open-session.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";
import { ports } from "../terminal/ports.js";

/**
 * How to connect to Vault. Environment variables such as `VAULT_TOKEN` are not read; pass on what you need.
 *
 * @example
 * ```ts
 * const access: VaultAccess = {
 *   token: process.env.VAULT_TOKEN ?? "",
 *   namespace: "admin/team-a",
 *   timeout: 10_000,
 * };
 * const vault = await openVault(loadEnvironment(".", "demo").environment, access);
 * vault.close();
 * ```
 */
export interface VaultAccess {
  /** A Vault token. */
  readonly token: string;
  /** The namespace, in Vault Enterprise or OpenBao. */
  readonly namespace?: string;
  /** CA certificates and a client certificate, in PEM. */
  readonly tls?: TlsOptions;
  /** URL of an HTTP proxy. Requests are tunnelled with CONNECT. */
  readonly proxy?: string;
  /** Milliseconds that a request may take, to the last byte of its response. Default: 60,000. */
  readonly timeout?: number;
}

/** An open Vault. Pass it on to {@link plan} and {@link apply}. */
export interface Vault {
  /** The session that requests are sent in. For {@link plan} and {@link apply}; not for direct use. */
  readonly session: VaultSession;
  /** Closes all connections. Without it, keep-alive connections delay the end of the process. */
  readonly close: () => void;
}

/**
 * Opens an environment's Vault. No request is sent until one is needed, so the token is not checked yet.
 *
 * @param environment The environment, for the address of its Vault.
 * @param access The token, and how to connect.
 * @returns The Vault. Close it when you are done.
 * @throws PhalanxError if `proxy` is not a valid URL.
 *
 * @example
 * ```ts
 * const { environment } = loadEnvironment(".", "demo");
 * const vault = await openVault(environment, { token: process.env.VAULT_TOKEN ?? "" });
 * vault.close();
 * ```
 */
export async function openVault(environment: Pick<Environment, "vault">, access: VaultAccess): Promise<Vault> {
  const { url } = environment.vault;
  const { token, namespace, tls, proxy, timeout = DEFAULT_TIMEOUT } = access;
  const { request, close } = await openTransport({
    server: { name: "Vault", setting: "vaultUrl", authority: "tls.ca" },
    url,
    maxConnections: PARALLEL_REQUESTS,
    timeout,
    ...(tls === undefined ? {} : { tls }),
    ...(proxy === undefined ? {} : { proxy: parseProxy("proxy", proxy) }),
  });
  return {
    session: openSession({
      url,
      transport: request,
      token,
      namespace,
      sleep: ports.sleep,
      machineTime: Date.now,
    }),
    close,
  };
}
