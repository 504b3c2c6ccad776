import type { Place } from "../model/diagnostic.js";
import type { TextFile } from "./file.js";
import { placesIn } from "./places.js";

/** A key of the application's secret that a template names. */
export interface NamedKey {
  readonly key: string;
  readonly place: Place;
}

/**
 * The keys of an application's own Vault secret that its templates definitely name. Helm templates are not YAML, so
 * they are read as text; anything not understood is skipped.
 */
export function namedKeys(templates: readonly TextFile[], application: string): NamedKey[] {
  const cleaned = templates.map(({ path, text }) => ({ path, text: withoutComments(text) }));
  const documents = cleaned.flatMap((file) => vaultSecretsIn(file, application));
  // A secret built by templates of its own has other keys than Vault.
  const indirect = new Set(documents.filter(({ isDirect }) => !isDirect).map(({ name }) => name));
  const direct = new Set(documents.map(({ name }) => name).filter((name) => !indirect.has(name)));
  return [
    ...documents.flatMap(({ keys }) => keys),
    ...cleaned.flatMap((file) => referencesIn(file, direct)),
    ...cleaned.flatMap((file) => volumeItemsIn(file, direct)),
  ];
}

/** The names of the Kubernetes Secrets made from the application's Vault secret. */
export function ownSecrets(templates: readonly TextFile[], application: string): ReadonlySet<string> {
  const documents = templates.flatMap(({ path, text }) =>
    vaultSecretsIn({ path, text: withoutComments(text) }, application),
  );
  return new Set(documents.map(({ name }) => name));
}

/** Whether a text may use all keys of one of these Secrets, or keys that it computes. */
export function usesWholeSecret(text: string, own: ReadonlySet<string>): boolean {
  const cleaned = withoutComments(text);
  const volumesWithoutItems = cleaned.replaceAll(/^([ \t]+)secretName:.+\n\1items:/gm, "");
  const names = [
    ...volumesWithoutItems.matchAll(/^[ \t]*(?:- +)?secretName: *(.+)$/gm),
    ...cleaned.matchAll(/\bsecretRef:\s*(?:name: *)?(.+)$/gm),
  ].map(([, name]) => normalise(name));
  return (
    names.some((name) => own.has(name) || name.includes("{{")) ||
    /\b\w*[sS]ecret: *["']?(?!true\b|false\b|null\b)[a-z{]/.test(cleaned) ||
    /^[ \t]*(?:- +)?key:(?: *["']?\{\{.*\bprintf\b|.*\}\}[\w.-]| *["']?[\w.-]+\{\{)/m.test(cleaned) ||
    /\brange\b.{0,200}\.Secrets/.test(cleaned)
  );
}

/** Blanks out comments of Helm and of YAML, so that everything else keeps its position. */
export function withoutComments(text: string): string {
  let cleaned = "";
  let at = 0;
  for (const { index } of text.matchAll(/\{\{-? *\/\*/g)) {
    if (index < at) continue;
    const end = text.indexOf("*/", index);
    if (end < 0) break;
    cleaned += text.slice(at, index) + text.slice(index, end + 2).replaceAll(/[^\n]/g, " ");
    at = end + 2;
  }
  return (cleaned + text.slice(at)).replaceAll(/^[ \t]*#.*$/gm, (comment) => " ".repeat(comment.length));
}

interface VaultSecret {
  readonly name: string;
  /** Whether its keys are those in Vault. */
  readonly isDirect: boolean;
  readonly keys: readonly NamedKey[];
}

function vaultSecretsIn({ path, text }: TextFile, application: string): VaultSecret[] {
  const found: VaultSecret[] = [];
  const placeAt = placesIn(path, text);
  let start = 0;
  for (const document of text.split(/^(?=---)/m)) {
    const offset = start;
    start += document.length;
    if (!/^kind: *["']?VaultSecret["']?\s*$/m.test(document)) continue;
    const name = normalise(/^metadata:[ \t]*\n(?:[ \t]+\S.*\n|[ \t]*\n)*?[ \t]+name: *(.+)$/m.exec(document)?.[1]);
    const paths = [...document.matchAll(/^[ \t]+path: *(.+)$/gm)].map(([, value = ""]) => normalise(value));
    if (name === "" || !paths.some((value) => endsIn(value, application))) continue;
    const keys: NamedKey[] = [];
    const add = (key: string, index: number): void => void keys.push({ key, place: placeAt(offset + index) });
    for (const match of document.matchAll(/\.Secrets\.(\w+)|index +\.Secrets +["']([^"'{}]+)["']/g)) {
      add(match[1] ?? match[2] ?? "", match.index);
    }
    for (const list of document.matchAll(/^[ \t]+keys:[ \t]*\n((?:[ \t]*- .*\n?|[ \t]*\n)+)/gm)) {
      const base = list.index + list[0].length - (list[1] ?? "").length;
      for (const item of (list[1] ?? "").matchAll(/^[ \t]*- *["']?([^"'{}\s]+)["']?[ \t]*$/gm)) {
        add(item[1] ?? "", base + item.index + item[0].indexOf(item[1] ?? ""));
      }
    }
    found.push({ name, isDirect: !/^[ \t]+templates:/m.test(document) && paths.length === 1, keys });
  }
  return found;
}

function endsIn(path: string, application: string): boolean {
  return [application, "{{ .Chart.Name }}", "{{ .Release.Name }}"].some((end) => path.endsWith(`/${end}`));
}

/** Names are compared as text: without quotes and whitespace trimming, and treating template like include. */
function normalise(text: string | undefined): string {
  return (text ?? "")
    .trim()
    .replaceAll(/^(["'])(.*)\1$/g, "$2")
    .replaceAll(/\{\{-?\s*/g, "{{ ")
    .replaceAll(/(?<!\s)\s*-?\}\}/g, " }}")
    .replaceAll(/\btemplate\b/g, "include")
    .trim();
}

interface Block {
  /** The header's second capture group. */
  readonly name: string | undefined;
  readonly body: string;
  /** Offset of the body in the text. */
  readonly base: number;
}

/** The headers, with the lines below them that are indented like the header and continue as `line` says. */
function blocksIn(text: string, header: RegExp, line: RegExp): Block[] {
  const blocks: Block[] = [];
  let end = 0;
  for (const match of text.matchAll(header)) {
    // A header inside a block is part of that block.
    if (match.index < end) continue;
    const [{ length }, indent = "", name] = match;
    const base = match.index + length;
    for (end = base; end < text.length && text.startsWith(indent, end); ) {
      const newline = text.indexOf("\n", end);
      const after = newline < 0 ? text.length : newline + 1;
      if (!line.test(text.slice(end + indent.length, after))) break;
      end = after;
    }
    if (end > base) blocks.push({ name, body: text.slice(base, end), base });
  }
  return blocks;
}

/** `secretKeyRef` with a literal key, in YAML block style. */
function referencesIn({ path, text }: TextFile, own: ReadonlySet<string>): NamedKey[] {
  const found: NamedKey[] = [];
  const placeAt = placesIn(path, text);
  for (const { body, base } of blocksIn(text, /^([ \t]*)(?:- +)?secretKeyRef:[ \t]*\n/gm, /^[ \t]/)) {
    const key = /^[ \t]+key: *["']?([^"'{}\s]+)["']?[ \t]*$/m.exec(body);
    const optional = /^[ \t]+optional: *true/m.test(body);
    // With a condition inside, name and key may not belong together.
    const [names, keys] = [/^[ \t]+name: *(.+)$/gm, /^[ \t]+key: /gm].map((form) => [...body.matchAll(form)]);
    if (key === null || optional || names?.length !== 1 || keys?.length !== 1) continue;
    if (!own.has(normalise(names[0]?.[1]))) continue;
    found.push({ key: key[1] ?? "", place: placeAt(base + key.index + key[0].indexOf("key:")) });
  }
  return found;
}

/** The `items` of a volume backed by the secret. */
function volumeItemsIn({ path, text }: TextFile, own: ReadonlySet<string>): NamedKey[] {
  const found: NamedKey[] = [];
  const placeAt = placesIn(path, text);
  const header = /^([ \t]+)secretName:(.+)\n\1items:[ \t]*\n/gm;
  for (const { name, body, base } of blocksIn(text, header, /^\t*[- ]/)) {
    if (!own.has(normalise(name))) continue;
    for (const item of body.matchAll(/^[ \t]*(?:- +)?(key: *["']?([^"'{}\s]+)["']?)[ \t]*$/gm)) {
      found.push({ key: item[2] ?? "", place: placeAt(base + item.index + item[0].indexOf("key:")) });
    }
  }
  return found;
}
