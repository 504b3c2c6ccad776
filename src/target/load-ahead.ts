import { setImmediate as turn } from "node:timers/promises";
import { loadInSteps, type Place } from "../config/environment.js";
import { diskTree } from "../config/disk-tree.js";
import { findRoot, recordReadings } from "../config/tree.js";
import { PhalanxError } from "../errors.js";
import { isLoopback } from "../http/no-proxy.js";
import { readAhead } from "../vault/read-ahead.js";
import { givenToken } from "../access/auth.js";
import type { Context } from "../terminal/context.js";
import { atAddress, type ConfigOption, type Loaded, withAccess, withTree } from "./load.js";
import { shellServer } from "../access/shell-server.js";
import { connect, type VaultConnection } from "../access/session.js";

export interface AheadOptions extends ConfigOption {
  /** Excluded applications. */
  readonly exclude?: readonly string[];
}

/**
 * Loads an environment, and in the meantime prefetches from Vault what a plan will read: a round trip takes as long as
 * parsing a dozen files. Only if the token is known in advance, and no warning has to be shown first. Any problem is
 * reported later, at the usual place.
 */
export async function withLoaded<T>(
  context: Context,
  name: string,
  options: AheadOptions,
  work: (loaded: Loaded) => Promise<T>,
): Promise<T> {
  const root = findRoot(options.config, context);
  const tree = recordReadings(diskTree(root, context.cwd));
  const steps = loadInSteps(tree, name);
  let opening: Promise<VaultConnection | undefined> | undefined;
  try {
    for (;;) {
      const { done, value } = steps.next();
      if (done) {
        const loaded = withAccess(withTree(context, tree, root, value), options);
        return await work({ ...loaded, connection: await opening });
      }
      opening ??= openAhead(context, value, options);
      await turn();
    }
  } finally {
    (await opening)?.close();
  }
}

async function openAhead(
  context: Context,
  configured: Place,
  { auth = configured.login?.auth, vaultAddress, exclude = [] }: AheadOptions,
): Promise<VaultConnection | undefined> {
  try {
    const { vault } = atAddress(configured, vaultAddress);
    const { protocol, hostname } = new URL(vault.url);
    if (vaultAddress === undefined && shellServer(context, "VAULT_ADDR", vault.url)) return undefined;
    const given = auth === undefined || auth === "token" ? await givenToken(context) : undefined;
    if (given === undefined || (protocol !== "https:" && !isLoopback(hostname))) return undefined;
    const { anonymous, close } = await connect(context, vault.url, vaultAddress !== undefined);
    const { transport, ask } = readAhead(anonymous.transport);
    const excluded = new Set(exclude);
    void ask({ ...anonymous, token: given.token }, vault, (name) => !excluded.has(name)).catch(() => {});
    return { anonymous: { ...anonymous, transport }, close };
  } catch (error) {
    if (error instanceof PhalanxError) return undefined;
    throw error;
  }
}
