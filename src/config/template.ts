import type { SecretRef } from "../model/secret.js";

/** A template's parts; undefined if its text is no template. */
export function parseTemplate(text: string, application: string): (string | SecretRef)[] | undefined {
  const parts: (string | SecretRef)[] = [];
  for (const [whole, literal, name, bad] of text.matchAll(/((?:[^$]|\$\$)+)|\$\{([^${}]+)\}|(\$)/gs)) {
    if (whole === "" || bad !== undefined) return undefined;
    if (literal !== undefined) parts.push(literal.replaceAll("$$", () => "$"));
    if (name !== undefined) {
      const slash = name.indexOf("/");
      parts.push(
        slash < 0 ? { application, key: name } : { application: name.slice(0, slash), key: name.slice(slash + 1) },
      );
    }
  }
  return parts;
}
