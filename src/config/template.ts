import { type SecretRef, splitName } from "../model/secret.js";

/** A template's parts; undefined if its text is no template. */
export function parseTemplate(text: string, application: string): (string | SecretRef)[] | undefined {
  const parts: (string | SecretRef)[] = [];
  for (const [whole, literal, name, bad] of text.matchAll(/((?:[^$]|\$\$)+)|\$\{([^${}]+)\}|(\$)/gs)) {
    if (whole === "" || bad !== undefined) return undefined;
    if (literal !== undefined) parts.push(literal.replaceAll("$$", () => "$"));
    if (name !== undefined) {
      const [first, key] = splitName(name);
      parts.push(key === undefined ? { application, key: first } : { application: first, key });
    }
  }
  return parts;
}
