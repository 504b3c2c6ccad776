import type { AssembledChart } from "./assemble.js";

/** Whether a text may refer to a Vault secret: it contains its name as a whole path component, or alone. */
export function couldName({ files, valueFiles }: AssembledChart, secret: string): boolean {
  const readsVault = [...files].some(
    ([path, content]) =>
      /(?:^|\/)templates\//.test(path) && /VaultSecret|ExternalSecret|VaultStaticSecret/.test(asText(content)),
  );
  if (!readsVault) return false;
  const texts = [
    ...[...files].flatMap(([path, content]) => (/(?:^|\/)(?:templates\/|values\.yaml$)/.test(path) ? [content] : [])),
    ...valueFiles,
  ];
  return texts.some((content) => names(asText(content), secret));
}

/** How a path component ends, unlike a longer name. */
const BEFORE = /[\s"'/:(]/;
const AFTER = /[\s"'}),]/;

function names(text: string, secret: string): boolean {
  for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
    const end = at + secret.length;
    const isStart = at === 0 || BEFORE.test(text.charAt(at - 1));
    if (isStart && (end === text.length || AFTER.test(text.charAt(end)))) return true;
  }
  return false;
}

function asText(content: Uint8Array): string {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("latin1");
}
