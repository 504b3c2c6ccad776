import type { Delivery } from "../model/consumer.js";
import type { VaultLocation } from "../model/environment.js";

/** Where a delivery's path is, relative to an environment's prefix; compares whole components. */
export type VaultPlace = { readonly below: false } | { readonly below: true; readonly application: string | undefined };

/**
 * Finds out whether a delivery's path is below an environment's prefix, and which application it names.
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
  // An API path has `data` after the mount; the path of an ExternalSecret may be relative to the mount of its store.
  const prefixes = [[...first, ...below], [...first, "data", ...below], ...(by === "ExternalSecret" ? [below] : [])];
  const prefix = prefixes.find((each) => each.length > 0 && each.every((part, i) => parts[i] === part));
  if (prefix === undefined || parts.length === prefix.length) return { below: false };
  return { below: true, application: parts.length === prefix.length + 1 ? parts.at(-1) : undefined };
}

/** The application whose secret a path names; undefined if it names anything else. */
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
