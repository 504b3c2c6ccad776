import { loadVaultLocation } from "../config/environment.js";
import { neighboursOf } from "../config/neighbours.js";
import { diskTree } from "../config/disk-tree.js";
import { findRoot } from "../config/tree.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Neighbour, vaultPrefix } from "../model/environment.js";
import { type Context, variable } from "../terminal/context.js";
import { atAddress, type ConfigOption } from "./load.js";
import type { VaultTarget } from "../access/session.js";

/** An environment's place in Vault. */
export interface LocatedTarget extends VaultTarget {
  readonly root: string;
  readonly enabled: readonly string[];
  /** Returns the other environments of its server. Reads the settings of all. */
  readonly neighbours: () => readonly Neighbour[];
  /** Those of them with the same prefix. */
  readonly sharers: () => readonly string[];
}

/** An environment's place in Vault; what its applications need does not matter here, and may be broken. */
export function loadLocation(context: Context, name: string, options: ConfigOption): LocatedTarget {
  const root = findRoot(options.config, context);
  const tree = diskTree(root, context.cwd);
  const { enabled, ...place } = loadVaultLocation(tree, name);
  if (
    variable(context, "VAULT_TOKEN") === undefined &&
    variable(context, "VAULT_TOKEN_FILE") === undefined &&
    options.auth === undefined &&
    place.login?.auth !== "approle"
  ) {
    throw new PhalanxError(diagnostic("vault-token-unset"));
  }
  const neighbours = (): readonly Neighbour[] => neighboursOf(tree, name, place.vault);
  return {
    root,
    enabled,
    environment: atAddress(place, options.vaultAddress),
    access: options,
    neighbours,
    sharers: () =>
      neighbours().flatMap((other) => (vaultPrefix(other) === vaultPrefix(place.vault) ? [other.environment] : [])),
  };
}
