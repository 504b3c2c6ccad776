/** A running embedded server. */
export interface DevVault {
  readonly url: string;
  readonly rootToken: string;
  /** Stops listening and cuts all connections. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the embedded server, for tests of what uses this library. Not for production: it keeps everything in memory.
 *
 * @param options.port A free one if nothing is said.
 * @param options.token The root token; a random one if nothing is said.
 */
export async function startDevVault(options: { port?: number; token?: string } = {}): Promise<DevVault> {
  const { startDevVault: start } = await import("../dev-vault/index.js");
  const { port = 0, token } = options;
  return start({ listen: { host: "127.0.0.1", port }, ...(token === undefined ? {} : { token }) });
}
