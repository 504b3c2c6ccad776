import type { Core } from "./core.js";
import { type DevVaultRequest, listen } from "./server.js";
import { newState } from "./state.js";
import { addRootToken, randomText } from "./tokens.js";

export type { DevVaultRequest } from "./server.js";

/** How to start a dev vault; everything has a default. */
export interface DevVaultOptions {
  /** Default: a free port (0) on 127.0.0.1, whatever name a request asks for. */
  listen?: { host: string; port: number; localNamesOnly?: boolean };
  /** The root token; default: a random one that begins with `dev-`. */
  token?: string;
  now?: () => Date;
  /** Awaited before each request is handled; if it throws, the connection is cut without an answer. */
  onRequest?: (request: DevVaultRequest) => void | Promise<void>;
  /** PEM texts; with them the server speaks HTTPS. */
  tls?: { key: string; cert: string };
}

/** A running dev vault. */
export interface DevVault {
  url: string;
  rootToken: string;
  /** Stops listening and cuts all connections. */
  close(): Promise<void>;
  seal(): void;
  unseal(): void;
}

/** Starts a server that answers like Vault, with KV version 2 at `secret/`, for tests and demonstrations. */
export async function startDevVault(options: DevVaultOptions = {}): Promise<DevVault> {
  const clock = options.now ?? (() => new Date());
  const now = () => clock().getTime();
  const core: Core = { state: newState(now()), now, acls: new Map(), sealed: false };
  const rootToken = options.token ?? `dev-${randomText(24)}`;
  addRootToken(core, rootToken);
  const address = options.listen ?? { host: "127.0.0.1", port: 0 };
  const server = await listen(core, address, options.onRequest ?? (() => {}), options.tls);
  return {
    url: server.url,
    rootToken,
    close: () => server.close(),
    seal: () => {
      core.sealed = true;
    },
    unseal: () => {
      core.sealed = false;
    },
  };
}
