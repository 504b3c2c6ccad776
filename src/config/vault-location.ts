import type { Place } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { VaultLocation } from "../model/environment.js";
import { parsePrefix, type Prefix } from "../model/names.js";
import type { Problems } from "../problems.js";
import { kindOf, type YamlMapping } from "../yaml/kind.js";

/** Where an environment's secrets are, as far as its settings tell; undefined for wrong or missing settings. */
export interface PartialLocation {
  readonly url: string | undefined;
  readonly prefix: Prefix | undefined;
}

/** What `readLocation` reads. */
export const LOCATION_FIELDS = ["vaultUrl", "vaultPathPrefix"];

/** Reads `vaultUrl` and `vaultPathPrefix`. */
export function readLocation(settings: Settings, problems: Problems): PartialLocation {
  return { url: readVaultUrl(settings, problems), prefix: readPrefix(settings, problems) };
}

/** The location, if all of it could be read. */
export function wholeLocation({ url, prefix }: PartialLocation): VaultLocation | undefined {
  return url !== undefined && prefix ? { url, ...prefix } : undefined;
}

/** The same for two locations exactly if they are one prefix of one server. */
export function placeId({ url, mount, path }: VaultLocation): string {
  return JSON.stringify([new URL(url).href, mount, path]);
}

/** Whether two locations are certainly different: a different prefix is enough, on any server. */
export function isElsewhere(other: PartialLocation, own: VaultLocation): boolean {
  if (other.prefix === undefined) return false;
  if (other.prefix.mount !== own.mount || other.prefix.path !== own.path) return true;
  return other.url !== undefined && new URL(other.url).href !== new URL(own.url).href;
}

function readVaultUrl(settings: Settings, problems: Problems): string | undefined {
  const field = "vaultUrl";
  const url = readUrl(settings, field, problems, { needed: true });
  if (url === "") return undefined;
  const isApi = /\/v1\/*$/.test(new URL(url).pathname);
  const code = /[?#]/.test(url) ? "url-with-query" : isApi ? "url-ends-in-v1" : undefined;
  if (code === undefined) return url;
  problems.add(diagnostic(code, { field }, settings.about(field)));
  return undefined;
}

function readPrefix(settings: Settings, problems: Problems): Prefix | undefined {
  const field = "vaultPathPrefix";
  const text = readString(settings, field, problems, { needed: true });
  if (text === "") return undefined;
  const prefix = parsePrefix(text);
  if ("mount" in prefix) return prefix;
  problems.add(diagnostic("prefix-invalid", { field, ...prefix }, settings.about(field)));
  return undefined;
}

/** Settings of an environment, and the subject of a problem with one of them. */
export interface Settings {
  readonly values: YamlMapping;
  /** A function, because finding a position takes time, and there are hundreds of settings and hardly any problems. */
  readonly about: (field: string) => { readonly subject: { readonly environment: string }; readonly place: Place };
}

interface Need {
  readonly needed: boolean;
}

/** A string in the settings; empty if it is missing, or if it is wrong, which was reported. */
export function readString({ values, about }: Settings, field: string, problems: Problems, { needed }: Need): string {
  const value = values[field] ?? "";
  if (typeof value !== "string") {
    problems.add(diagnostic("field-wrong-type", { field, is: kindOf(value), needed: "string" }, about(field)));
    return "";
  }
  if (value === "" && needed) problems.add(diagnostic("setting-missing", { field }, about(field)));
  return value;
}

/**
 * A URL in the settings, without trailing slashes; empty if it is missing, or if it was reported as wrong. It means
 * what it appears to: it contains the host that is contacted, and nothing that `URL` parses differently from a person.
 */
export function readUrl(settings: Settings, field: string, problems: Problems, need: Need): string {
  const text = readString(settings, field, problems, need);
  if (text === "") return "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const about = (): ReturnType<Settings["about"]> => settings.about(field);
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    problems.add(diagnostic("url-invalid", { field }, about()));
  } else if (url.username !== "" || url.password !== "") {
    problems.add(diagnostic("url-with-credentials", { field }, about()));
  } else if (!isPlain(text, url)) {
    problems.add(diagnostic("url-misleading", { field, host: url.host }, about()));
  } else return text.replace(/(?<!\/)\/+$/, "");
  return "";
}

/** Whether a text states in plain ASCII what is parsed from it: scheme, host and, if present, port and path. */
function isPlain(text: string, url: URL): boolean {
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes("\\")) return false;
  const [, host = "", path = ""] = /^https?:\/\/([^/?#]*)([^?#]*)/i.exec(text) ?? [];
  return host.toLowerCase().replace(/:\d*$/, "") === url.hostname && /^[\w.~%/-]*$/.test(path);
}
