import type { DiffGroup, LostRename } from "../model/diff-groups.js";
import { isKubernetesKey } from "../model/names.js";
import { commandLine } from "../model/shell.js";
import { count } from "./count.js";
import { printable } from "./printable.js";
import { shorten } from "./shorten.js";

/** A renamed item whose value stays behind in Vault, and how to move it. */
export interface RenameText {
  readonly name: string;
  readonly text: string;
  /** To paste; undefined if a name could have another meaning to the programs. */
  readonly command: string | undefined;
}

/** A user-defined name in printable form. */
export function nameText(name: string): string {
  return printable(shorten(name, "name"));
}

/** `1 application and 2 secrets look renamed in demo`. */
export function renamedText(lost: readonly LostRename[], where: string): string {
  const keys = lost.filter(({ to }) => to.key !== undefined).length;
  const applications = lost.length - keys;
  const what = [
    ...(applications > 0 ? [count(applications, "application")] : []),
    ...(keys > 0 ? [count(keys, "secret")] : []),
  ].join(" and ");
  return `${what} ${lost.length === 1 ? "looks" : "look"} renamed in ${where}; Vault keeps the values under the old ${lost.length === 1 ? "name" : "names"}`;
}

/** What happens to each, and how to copy its value. */
export function renameTexts({ lost, prefixes }: DiffGroup): RenameText[] {
  const [prefix, ...more] = prefixes;
  const isShared = more.length > 0;
  return lost.map((rename): RenameText => {
    const { from, to, generates, asks } = rename;
    const name =
      to.key === undefined
        ? `${nameText(to.application)} (was ${nameText(from.application)})`
        : `${nameText(to.application)} ${nameText(to.key)} (was ${nameText(from.key ?? "")})`;
    const what = [
      ...(generates ? [to.key === undefined ? "a sync generates new values" : "a sync generates a new value"] : []),
      ...(asks ? ["rename it in the source of static secrets, too"] : []),
    ].join("; ");
    const command = prefix === undefined ? undefined : commandOf(rename, isShared ? "PREFIX" : prefix);
    const where = isShared ? " (PREFIX: its vaultPathPrefix)" : "";
    return {
      name,
      text: command ? `${what}. To copy what Vault has to the new name, before the sync${where}:` : what,
      command,
    };
  });
}

function commandOf({ from, to }: LostRename, prefix: string): string | undefined {
  const [old, now] = [`${prefix}/${from.application}`, `${prefix}/${to.application}`];
  if (from.key === undefined || to.key === undefined) {
    return [
      commandLine("vault", "kv", "get", "-format=json", old),
      "jq .data.data",
      commandLine("vault", "kv", "put", "-cas=0", now, "-"),
    ].join(" | ");
  }
  // The programs would take any other key for an option, or for two words.
  if (![from.key, to.key].every((key) => isKubernetesKey(key) && !key.startsWith("-"))) return undefined;
  return [
    commandLine("vault", "kv", "get", `-field=${from.key}`, old),
    commandLine("vault", "kv", "patch", now, `${to.key}=-`),
  ].join(" | ");
}
