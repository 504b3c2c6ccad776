import type { Neighbour, VaultLocation } from "../model/environment.js";
import type { Prefix } from "../model/names.js";
import { collectProblems } from "../problems.js";
import { listEnvironments, readDefaults, readSettings } from "./environment-settings.js";
import type { Tree } from "./tree.js";
import { isElsewhere, type PartialLocation } from "./vault-location.js";

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
    const { url, prefix } = readSettings(tree, name, defaults, problems).location;
    return prefix === undefined ? [] : [{ name, url, prefix }];
  });
}

/** The other environments of the server of one. Of one whose server cannot be read, nobody knows that it is another. */
export function neighboursOf(tree: Tree, name: string, own: VaultLocation): readonly Neighbour[] {
  return allPrefixes(tree).flatMap(({ name: environment, url, prefix }) =>
    environment === name || isElsewhere({ url, prefix }, { ...own, ...prefix }) ? [] : [{ environment, ...prefix }],
  );
}
