/**
 * The one grammar for names in a configuration and on the command line. They become parts of API paths, policies, file
 * names and shell commands, so no name contains a character that is special in any of them.
 */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.[A-Za-z0-9_-])*$/;

export const MAX_NAME_LENGTH = 253;

/** Whether a text is a valid name of an environment or an application. */
export function isName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && NAME.test(text);
}

/** Whether a text is a valid mount path: names joined by single slashes. */
export function isPath(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && text.split("/").every(isName);
}

/** Whether a text is a valid namespace; Vault accepts a leading slash, and writes a trailing one. */
export function isNamespace(text: string): boolean {
  return isPath(text.replace(/^\//, "").replace(/\/$/, ""));
}

/** Whether a text is a valid key of a Kubernetes Secret or ConfigMap. */
export function isKubernetesKey(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && /^[-._a-zA-Z0-9]+$/.test(text) && text !== "." && !text.startsWith("..");
}

/** Whether a text can be a token: no server creates one that cannot be sent in a header. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

export interface Prefix {
  /** The first component. */
  readonly mount: string;
  /** The others. */
  readonly path: string;
}

/** Why a text is not a valid prefix, and the corrected prefix, if there is one. */
export type PrefixFault = { readonly meant?: string } & (
  | { readonly fault: "slash-first" | "slash-last" | "slashes-in-a-row" | "too-long" | "no-mount" }
  | { readonly fault: "bad-name"; readonly name: string }
);

/** Splits a prefix, or says why it is not one. */
export function parsePrefix(text: string): Prefix | PrefixFault {
  const prefix = splitPrefix(text);
  if ("mount" in prefix || text.length > MAX_NAME_LENGTH) return prefix;
  const components = text.split("/").map((component) => component.trim());
  const meant = components.filter((component) => component !== "").join("/");
  return "mount" in splitPrefix(meant) ? { ...prefix, meant } : prefix;
}

function splitPrefix(text: string): Prefix | PrefixFault {
  if (text.startsWith("/")) return { fault: "slash-first" };
  if (text.endsWith("/")) return { fault: "slash-last" };
  if (text.length > MAX_NAME_LENGTH) return { fault: "too-long" };
  const [mount = "", ...components] = text.split("/");
  if (components.includes("")) return { fault: "slashes-in-a-row" };
  const wrong = [mount, ...components].find((component) => !isName(component));
  if (wrong !== undefined) return { fault: "bad-name", name: wrong };
  return components.length === 0 ? { fault: "no-mount" } : { mount, path: components.join("/") };
}

/** What Vault's API puts between mount and path, or before both. */
const API_WORDS: ReadonlySet<string> = new Set(["data", "metadata"]);

/** The prefix meant by one that looks like a path of Vault's API: `secret/data/x`, `v1/secret/x`. */
export function withoutApiWords({ mount, path }: Prefix): string | undefined {
  const given = [mount, ...path.split("/")];
  const [first = "", second = "", ...rest] = mount === "v1" ? given.slice(1) : given;
  const meant = [first, ...(API_WORDS.has(second) ? [] : [second]), ...rest].filter((part) => part !== "");
  return meant.length === given.length || meant.length < 2 ? undefined : meant.join("/");
}
