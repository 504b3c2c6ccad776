import type { Core } from "./core.js";
import { loadState, saveState } from "./data-file.js";
import { lockDataFile, type Release } from "./data-lock.js";
import { NO_JOURNAL, openJournal } from "./journal.js";
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
  /** Keep the whole state in this file too, and start with what it holds. */
  dataFile?: string;
  /** What errors call it; default: its path. */
  dataFileShown?: string;
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
  const { dataFile, dataFileShown } = options;
  const release =
    dataFile === undefined ? () => Promise.resolve() : await lockDataFile(dataFile, dataFileShown ?? dataFile);
  try {
    return await start(options, release);
  } catch (error) {
    await release();
    throw error;
  }
}

async function start(options: DevVaultOptions, release: Release): Promise<DevVault> {
  const clock = options.now ?? (() => new Date());
  const now = () => clock().getTime();
  const { dataFile, dataFileShown } = options;
  const loaded = dataFile === undefined ? undefined : await loadState(dataFile, dataFileShown ?? dataFile);
  const state = loaded ?? newState(now());
  const journal = dataFile === undefined ? NO_JOURNAL : openJournal(() => saveState(dataFile, state));
  const core: Core = { state, journal, now, acls: new Map(), sealed: false };
  const rootToken = options.token ?? `dev-${randomText(24)}`;
  addRootToken(core, rootToken);
  journal.changed();
  await journal.durable();
  const address = options.listen ?? { host: "127.0.0.1", port: 0 };
  const server = await listen(core, address, options.onRequest ?? (() => {}), options.tls);
  return {
    url: server.url,
    rootToken,
    close: async () => {
      await server.close();
      // A write that fails was reported to the request that waited for it.
      await journal.durable().catch(() => undefined);
      await release();
    },
    seal: () => {
      core.sealed = true;
    },
    unseal: () => {
      core.sealed = false;
    },
  };
}
