import { type DevVaultOptions, startDevVault } from "../../src/dev-vault/index.js";
import { type Fate, startProxy } from "./proxy.js";
import { startRealVault } from "./real-vault.js";

/** The binary of a real server (`bao` or `vault`); `npm run test:real` sets it. */
export const REAL_SERVER = process.env["PHALANX_TEST_SERVER"] || undefined;

/** A server with KV version 2 at `secret/` that is thrown away after a test. */
export interface TestVault {
  readonly url: string;
  readonly rootToken: string;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  close(): Promise<void>;
}

/** `now` is for the embedded server alone: a real one has a clock of its own. */
export type TestVaultOptions = Pick<DevVaultOptions, "token" | "now" | "onRequest" | "tls">;

/** Starts the embedded server, or a real one where PHALANX_TEST_SERVER names it: a test must not be able to tell. */
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
