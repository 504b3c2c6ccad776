/** A running embedded server. */
export interface DevVault {
  /** Its address, such as `http://127.0.0.1:8200`. */
  readonly url: string;
  /** A token with the root policy. */
  readonly rootToken: string;
  /** Stops the server and closes all connections. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the embedded server in this process, for tests. It listens on 127.0.0.1, has a KV v2 engine at `secret/`, and
 * keeps everything in memory. Do not use it in production.
 *
 * @param options The port and the root token.
 * @param options.port Default: a free port.
 * @param options.token Default: a random token.
 * @returns The running server. Close it when you are done.
 * @throws Error with the code `EADDRINUSE` if the port is in use.
 *
 * @example
 * ```ts
 * const server = await startDevVault({ token: "test-root-token" });
 * console.log(server.rootToken); // test-root-token
 * await server.close();
 * ```
 */
export async function startDevVault(options: { port?: number; token?: string } = {}): Promise<DevVault> {
  const { startDevVault: start } = await import("../dev-vault/index.js");
  const { port = 0, token } = options;
  return start({ listen: { host: "127.0.0.1", port }, ...(token === undefined ? {} : { token }) });
}
