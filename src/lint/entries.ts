import { looksLikeCredential } from "./credential.js";
import { isExtension } from "../secrets/generators.js";
import type { Report } from "./findings.js";
import { type LintApplication, placeOf, type SecretsFile } from "./model.js";

/** Reports what can be said of a single entry. */
export function checkEntries({ name, secrets, secretsOf, enabledIn }: LintApplication, report: Report): void {
  const check = ({ entries }: SecretsFile, environments: readonly string[]): void => {
    for (const entry of entries.values()) {
      const { value, generate } = entry.written;
      if (value && looksLikeCredential(value)) {
        report({
          ...placeOf(entry, ["value"]),
          rule: "credential-in-value",
          environments,
          message: `${name}/${entry.key}: the fixed value looks like a real credential`,
          hint: "Change the credential where it is used, and make the secret static or generated.",
        });
      }
      if (generate && isExtension(generate.type)) {
        report({
          ...placeOf(entry, ["generate", "type"]),
          rule: "extension",
          environments,
          message: `${name}/${entry.key}: the original program does not know the generator ${generate.type}`,
          hint: "Use it only if nobody uses the original on this configuration any more.",
        });
      }
    }
  };
  if (secrets) check(secrets, enabledIn);
  for (const [environment, file] of secretsOf) {
    check(
      file,
      enabledIn.filter((other) => other === environment),
    );
  }
}
