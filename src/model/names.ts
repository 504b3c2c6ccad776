/**
 * The one grammar of the names that a configuration and its operator give. They become parts of API paths, policies, file
 * names and lines for a shell, so no name holds a character that means something to one of them.
 */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.[A-Za-z0-9_-])*$/;

const MAX_LENGTH = 253;

/** What a name has to be, as a hint. */
export const NAME_HINT =
  `A name has at most ${MAX_LENGTH} ASCII letters, digits, ".", "_" and "-". ` +
  "It begins with a letter or digit; a dot stands neither at the end nor beside another.";

/** What a path of names has to be, as a hint. */
export const PATH_HINT = `Write names joined by single slashes. ${NAME_HINT}`;

/** Whether a text can be the name of an environment or an application. */
export function isName(text: string): boolean {
  return text.length <= MAX_LENGTH && NAME.test(text);
}

/** Whether a text can be the path of a mount: names joined by single slashes. */
export function isPath(text: string): boolean {
  return text.length <= MAX_LENGTH && text.split("/").every(isName);
}

/** Whether a text can be a namespace; Vault takes it with a slash at its beginning, and writes one at its end. */
export function isNamespace(text: string): boolean {
  return isPath(text.replace(/^\//, "").replace(/\/$/, ""));
}

/** Whether a text can be a token: no server makes one that cannot be sent in a header. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** A text that is not a name, as a message quotes it. */
export function quotedName(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}...` : text}"`;
}

export interface Prefix {
  /** The first component. */
  readonly mount: string;
  /** The others. */
  readonly path: string;
}

/** Splits a prefix, or says why it is not one: to be put behind what it is called. */
export function parsePrefix(text: string): Prefix | { readonly problem: string; readonly hint: string } {
  const hint = "Write MOUNT/PATH, as in secret/phalanx/demo.";
  if (text.startsWith("/")) return { problem: "begins with a slash", hint };
  if (text.endsWith("/")) return { problem: "ends with a slash", hint };
  if (text.length > MAX_LENGTH) return { problem: `has more than ${MAX_LENGTH} characters`, hint };
  const [mount = "", ...components] = text.split("/");
  if (components.includes("")) return { problem: "has two slashes in a row", hint };
  const wrong = [mount, ...components].find((component) => !isName(component));
  if (wrong !== undefined)
    return { problem: `has ${quotedName(wrong)} in it, which cannot be a name`, hint: NAME_HINT };
  if (components.length === 0) return { problem: "has no mount", hint };
  return { mount, path: components.join("/") };
}
