import type { Delivery } from "../model/consumer.js";
import type { VaultLocation } from "../model/environment.js";

/** Where a path stands that a delivery names, seen from the prefix of an environment; whole components are compared. */
export type VaultPlace = { readonly below: false } | { readonly below: true; readonly application: string | undefined };

/**
 * Finds out whether a delivery's path lies below an environment's prefix, and which application it names.
 *
 * @example placeInVault({ mount: "secret", path: "phalanx/idfdev" }, "VaultSecret", "secret/phalanx/idfdev/portal")
 */
export function placeInVault(
  { mount, path }: Pick<VaultLocation, "mount" | "path">,
  by: Delivery["by"],
  given: string,
): VaultPlace {
  const parts = components(given);
  const [first, below] = [components(mount), components(path)];
  // A path of the API has `data` behind the mount; that of an ExternalSecret may be below the mount of its store.
  const prefixes = [[...first, ...below], [...first, "data", ...below], ...(by === "ExternalSecret" ? [below] : [])];
  const prefix = prefixes.find((each) => each.length > 0 && each.every((part, i) => parts[i] === part));
  if (prefix === undefined || parts.length === prefix.length) return { below: false };
  return { below: true, application: parts.length === prefix.length + 1 ? parts.at(-1) : undefined };
}

/** The application whose secret a path leads to; undefined if it leads elsewhere. */
export function applicationAt(
  path: string,
  by: Delivery["by"],
  vault: Pick<VaultLocation, "mount" | "path">,
): string | undefined {
  const place = placeInVault(vault, by, path);
  return place.below ? place.application : undefined;
}

function components(path: string): string[] {
  return path.split("/").filter(Boolean);
}
