import { parseProxy } from "../http/proxy.js";
import { DEFAULT_TIMEOUT, openTransport, type TlsOptions } from "../http/transport.js";
import type { Environment } from "../model/environment.js";
import { openSession } from "../vault/open-session.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";
import { ports } from "../terminal/ports.js";

/** Who we are to Vault, and how it is reached. The library reads no environment variables. */
export interface VaultAccess {
  readonly token: string;
  /** Namespace of Vault Enterprise or OpenBao. */
  readonly namespace?: string;
  /** Whom to trust, and a client certificate; PEM. */
  readonly tls?: TlsOptions;
  /** URL of an HTTP proxy that tunnels. */
  readonly proxy?: string;
  /** Milliseconds until a request fails that has no whole answer; a minute if nothing is said. */
  readonly timeout?: number;
}

/** Connections to one environment's Vault. */
export interface Vault {
  readonly session: VaultSession;
  /** Closes idle connections, so that the process can end at once. */
  readonly close: () => void;
}

/** Opens the Vault where an environment's secrets live. No request is sent before one is needed. */
export async function openVault(
  { vault }: Pick<Environment, "vault">,
  { token, namespace, tls, proxy, timeout = DEFAULT_TIMEOUT }: VaultAccess,
): Promise<Vault> {
  const { request, close } = await openTransport({
    server: { name: "Vault", setting: "vaultUrl", authority: "tls.ca" },
    url: vault.url,
    maxConnections: PARALLEL_REQUESTS,
    timeout,
    ...(tls === undefined ? {} : { tls }),
    ...(proxy === undefined ? {} : { proxy: parseProxy("proxy", proxy) }),
  });
  return {
    session: openSession({
      url: vault.url,
      transport: request,
      token,
      namespace,
      sleep: ports.sleep,
      machineTime: Date.now,
    }),
    close,
  };
}
