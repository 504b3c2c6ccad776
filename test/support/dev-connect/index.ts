import { newId } from "./item.js";
import { type DevConnectRequest, listen } from "./server.js";
import { type DevConnectVault, newState } from "./state.js";

export type { DevConnectRequest } from "./server.js";
export type { DevConnectItem, DevConnectVault } from "./state.js";

/** How to start a dev Connect server. */
export interface DevConnectOptions {
  readonly vaults: readonly DevConnectVault[];
  /** The token it accepts; default: a random one starting with `dev-`. */
  readonly token?: string;
  /** Awaited before each request is handled; if it throws, the connection is closed without a response. */
  readonly onRequest?: (request: DevConnectRequest) => void | Promise<void>;
}

/** A running dev Connect server. */
export interface DevConnect {
  readonly url: string;
  readonly token: string;
  /** All requests so far. */
  readonly requests: readonly DevConnectRequest[];
  /** Archives the items with a title, as their owner does in the app: the API cannot. */
  archive(title: string): void;
  /** Stops listening and closes all connections. */
  close(): Promise<void>;
}

/** Starts a server that responds like 1Password Connect, all in memory, for tests and demonstrations. */
export async function startDevConnect(options: DevConnectOptions): Promise<DevConnect> {
  const { vaults, onRequest } = options;
  const token = options.token ?? `dev-${newId()}`;
  const state = newState(vaults, new Date());
  const requests: DevConnectRequest[] = [];
  const observe = async (request: DevConnectRequest): Promise<void> => {
    requests.push(request);
    await onRequest?.(request);
  };
  const { url, close } = await listen({ state, token, observe });
  const archive = (title: string): void => {
    for (const { items } of state.values()) {
      for (const [id, item] of items) {
        if (item.title === title) items.set(id, { ...item, version: item.version + 1, state: "ARCHIVED" });
      }
    }
  };
  return { url, token, requests, archive, close };
}
