import { type DevVaultOptions, startDevVault } from "../../src/dev-vault/index.js";
import { type Fate, startProxy } from "./proxy.js";
import { startRealVault } from "./real-vault.js";

/** The binary of a real server (`bao` or `vault`), set by `npm run test:real`. */
export const REAL_SERVER = process.env["PHALANX_TEST_SERVER"] || undefined;

/** A server with KV version 2 at `secret/` that is discarded after a test. */
export interface TestVault {
  readonly url: string;
  readonly rootToken: string;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  close(): Promise<void>;
}

/** `now` is only for the embedded server: a real one has its own clock. */
export type TestVaultOptions = Pick<DevVaultOptions, "token" | "now" | "onRequest" | "tls">;

/** Starts the embedded server, or a real one if PHALANX_TEST_SERVER names it: tests must not be able to tell. */
export async function startVault(options: TestVaultOptions = {}): Promise<TestVault> {
  if (REAL_SERVER === undefined) {
    const vault = await startDevVault(options);
    return {
      ...vault,
      seal: () => Promise.resolve(vault.seal()),
      unseal: () => Promise.resolve(vault.unseal()),
    };
  }
  const vault = await startRealVault(REAL_SERVER, options);
  const { onRequest } = options;
  if (onRequest === undefined) return vault;
  const proxy = await startProxy(vault.url, async ({ method, path, token }): Promise<Fate> => {
    const [name = "", query] = decodeURIComponent(path).split("?");
    await onRequest({ method: query === "list=true" ? "LIST" : method, path: name, token });
    return "pass";
  });
  return {
    ...vault,
    url: proxy.url,
    close: async () => {
      await proxy.close();
      await vault.close();
    },
  };
}
