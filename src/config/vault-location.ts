import type { VaultLocation } from "../model/environment.js";
import { parsePrefix, type Prefix } from "../model/names.js";
import type { Problems } from "../problems.js";
import type { YamlMapping } from "../yaml/kind.js";
import { placeText, type Position } from "../yaml/position.js";
import { readString, readUrl } from "./settings-fields.js";

/** Where an environment's secrets are, as far as its settings say so; undefined is what they say wrongly or not. */
export interface PartialLocation {
  readonly url: string | undefined;
  readonly prefix: Prefix | undefined;
}

type Where = (key: string) => Position;

/** Reads `vaultUrl` and `vaultPathPrefix`. */
export function readLocation(values: YamlMapping, where: Where, problems: Problems): PartialLocation {
  return { url: readVaultUrl(values, where, problems), prefix: readPrefix(values, where, problems) };
}

/** The location if all of it could be read. */
export function wholeLocation({ url, prefix }: PartialLocation): VaultLocation | undefined {
  return url !== undefined && prefix ? { url, ...prefix } : undefined;
}

/** Whether two locations are certainly different: another prefix is, on any server. */
export function isElsewhere(other: PartialLocation, own: VaultLocation): boolean {
  if (other.prefix === undefined) return false;
  if (other.prefix.mount !== own.mount || other.prefix.path !== own.path) return true;
  return other.url !== undefined && new URL(other.url).href !== new URL(own.url).href;
}

function readVaultUrl(values: YamlMapping, where: Where, problems: Problems): string | undefined {
  const at = (): Position => where("vaultUrl");
  const url = readUrl(values, { key: "vaultUrl", at, needed: true }, problems);
  if (url === "") return undefined;
  if (/[?#]/.test(url)) {
    problems.add(`${placeText(at())}: "vaultUrl" has a query or fragment`, "Leave out everything from ? or # on.");
    return undefined;
  }
  if (/\/v1\/*$/.test(new URL(url).pathname)) {
    problems.add(`${placeText(at())}: "vaultUrl" ends in /v1, which is added to it`, "Leave out /v1.");
    return undefined;
  }
  return url;
}

function readPrefix(values: YamlMapping, where: Where, problems: Problems): Prefix | undefined {
  const at = (): Position => where("vaultPathPrefix");
  const text = readString(values, { key: "vaultPathPrefix", at, needed: true }, problems);
  if (text === "") return undefined;
  const prefix = parsePrefix(text);
  if ("mount" in prefix) return prefix;
  problems.add(`${placeText(at())}: "vaultPathPrefix" ${prefix.problem}`, prefix.hint);
  return undefined;
}
