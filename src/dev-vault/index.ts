import { newCore } from "./core.js";
import { type DevVaultRequest, listen } from "./server.js";
import { createToken, randomText } from "./tokens.js";

export type { DevVaultRequest } from "./server.js";

/** How to start a dev vault; everything has a default. */
export interface DevVaultOptions {
  /** Default: a free port (0) on 127.0.0.1, accepting any host name. */
  listen?: { host: string; port: number; localNamesOnly?: boolean };
  /** The root token; default: a random one starting with `dev-`. */
  token?: string;
  now?: () => Date;
  /** Awaited before each request is handled; if it throws, the connection is closed without a response. */
  onRequest?: (request: DevVaultRequest) => void | Promise<void>;
  /** PEM texts; if set, the server uses HTTPS. */
  tls?: { key: string; cert: string };
}

/** A running dev vault. */
export interface DevVault {
  url: string;
  rootToken: string;
  /** Stops listening and closes all connections. */
  close(): Promise<void>;
  seal(): void;
  unseal(): void;
}

/** Starts a server that responds like Vault, with KV version 2 at `secret/`, for tests and demonstrations. */
export async function startDevVault(options: DevVaultOptions = {}): Promise<DevVault> {
  const { listen: address = { host: "127.0.0.1", port: 0 }, now = () => new Date(), onRequest = () => {} } = options;
  const core = newCore(() => now().getTime());
  const rootToken = options.token ?? `dev-${randomText()}`;
  createToken(core, { id: rootToken, policies: ["root"], path: "auth/token/root", displayName: "root" });
  const server = await listen(core, address, onRequest, options.tls);
  return {
    ...server,
    rootToken,
    seal: () => void (core.sealed = true),
    unseal: () => void (core.sealed = false),
  };
}
