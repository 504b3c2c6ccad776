import { type Neighbour, type VaultLocation, vaultPrefix } from "../model/environment.js";
import { groupBy } from "../model/group.js";
import type { Prefix } from "../model/names.js";
import { collectProblems } from "../problems.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { listEnvironments, readDefaults, readPlace, settingsPath } from "./environment-settings.js";
import { attempt } from "./tree-file.js";
import type { Tree } from "./tree.js";
import { isElsewhere, type PartialLocation, placeId, wholeLocation } from "./vault-location.js";

/** Where an environment says that its secrets are, even if its settings are wrong otherwise. */
export interface NamedPrefix extends PartialLocation {
  readonly name: string;
  readonly prefix: Prefix;
}

/** Where the secrets of every environment live of which that can be read. Only settings are looked at. */
export function allPrefixes(tree: Tree): readonly NamedPrefix[] {
  const problems = collectProblems();
  const defaults = readDefaults(tree, problems);
  return (listEnvironments(tree, problems) ?? []).flatMap((name) => {
    const { url, prefix } = readPlace(tree, name, defaults);
    return prefix === undefined ? [] : [{ name, url, prefix }];
  });
}

/** The other environments of the server of one. Of one whose server cannot be read, nobody knows that it is another. */
export function neighboursOf(tree: Tree, name: string, own: VaultLocation): readonly Neighbour[] {
  return allPrefixes(tree).flatMap(({ name: environment, url, prefix }) =>
    environment === name || isElsewhere({ url, prefix }, { ...own, ...prefix }) ? [] : [{ environment, ...prefix }],
  );
}

/** For each environment of a server and prefix that several have, the others. */
export function samePrefixes(tree: Tree): ReadonlyMap<string, string[]> {
  const known = allPrefixes(tree).flatMap((each) => {
    const vault = wholeLocation(each);
    return vault ? [{ name: each.name, vault }] : [];
  });
  const groups = groupBy(known, ({ vault }) => placeId(vault));
  return new Map(
    [...groups.values()]
      .filter((group) => group.length > 1)
      .map((group) => group.map(({ name }) => name))
      .flatMap((names) => names.map((name) => [name, names.filter((other) => other !== name)] as const)),
  );
}

/**
 * The other environments of the same server and prefix. Cheap where there is none: only those are parsed whose text may
 * name the prefix.
 *
 * @param names All environments.
 */
export function sharersOfPrefix(
  tree: Tree,
  own: { readonly name: string; readonly vault: VaultLocation },
  names: readonly string[],
  defaults: MappingFile | undefined,
): readonly string[] {
  const prefix = vaultPrefix(own.vault);
  const isDefault = defaults?.value["vaultPathPrefix"] === prefix;
  return names.filter((name) => {
    if (name === own.name) return false;
    const text = isDefault ? "" : attempt(collectProblems(), () => tree.read(settingsPath(name)));
    // An escape may stand for any of its letters.
    if (!isDefault && !text?.includes(prefix) && !text?.includes("\\")) return false;
    const location = readPlace(tree, name, defaults);
    return location.prefix !== undefined && !isElsewhere(location, own.vault);
  });
}
