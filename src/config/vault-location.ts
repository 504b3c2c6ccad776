import type { VaultLocation } from "../model/environment.js";
import type { Problems } from "../problems.js";
import type { YamlMapping } from "../yaml/kind.js";
import { readString, readUrl } from "./settings-fields.js";

/** Where an environment's secrets are, as far as its settings say so; undefined is what they say wrongly or not. */
export interface PartialLocation {
  readonly url: string | undefined;
  readonly prefix: { readonly mount: string; readonly path: string } | undefined;
}

type Where = (key: string) => string;

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
  const at = (): string => where("vaultUrl");
  const url = readUrl(values, { key: "vaultUrl", at, needed: true }, problems);
  if (url === "") return undefined;
  if (/[?#]/.test(url)) {
    problems.add(`${at()}: "vaultUrl" has a query or fragment`, "Leave out everything from ? or # on.");
    return undefined;
  }
  if (/\/v1\/*$/.test(new URL(url).pathname)) {
    problems.add(`${at()}: "vaultUrl" ends in /v1, which is added to it`, "Leave out /v1.");
    return undefined;
  }
  return url;
}

function readPrefix(values: YamlMapping, where: Where, problems: Problems): PartialLocation["prefix"] {
  const at = (): string => where("vaultPathPrefix");
  const text = readString(values, { key: "vaultPathPrefix", at, needed: true }, problems);
  if (text === "") return undefined;
  const refuse = (message: string, hint?: string): undefined => {
    problems.add(`${at()}: "vaultPathPrefix" ${message}`, hint);
    return undefined;
  };
  if (/\p{Cc}/u.test(text.replaceAll(/\s/g, ""))) return refuse("has a control character");
  if (/\s/.test(text)) return refuse("has white space", "Remove it.");
  if (!text.isWellFormed()) return refuse("has half of a surrogate pair, which is no character");
  const [mount = "", ...components] = text.replace(/^\/+|(?<!\/)\/+$/g, "").split("/");
  if ([mount, ...components].some((component) => ["", ".", ".."].includes(component))) {
    return refuse("has an empty or relative component");
  }
  if (components.length === 0) return refuse("has no mount", "Write MOUNT/PATH, as in secret/phalanx/demo.");
  return { mount, path: components.join("/") };
}
