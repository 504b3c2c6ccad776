import { looksLikeCredential } from "./credential.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { isKubernetesKey } from "../model/names.js";
import { isExtension } from "../model/secret.js";
import type { Report } from "./findings.js";
import { type LintApplication, placeOf, type SecretsFile } from "./model.js";
import { checkTexts } from "./texts.js";

/** Reports what a single entry reveals on its own. */
export function checkEntries({ name, secrets, secretsOf, enabledIn }: LintApplication, report: Report): void {
  const check = ({ entries }: SecretsFile, environments: readonly string[]): void => {
    for (const entry of entries.values()) {
      const { value, generate } = entry.written;
      const subject = { application: name, key: entry.key };
      if (value && looksLikeCredential(value)) {
        report(diagnostic("credential-in-value", {}, { subject, place: placeOf(entry, ["value"]) }), environments);
      }
      checkTexts(entry, environments, report);
      if (!isKubernetesKey(entry.key)) {
        report(diagnostic("key-refused-by-kubernetes", {}, { subject, place: placeOf(entry) }), environments);
      }
      if (generate && isExtension(generate.type)) {
        const place = placeOf(entry, ["generate", "type"]);
        report(diagnostic("generator-not-in-original", { generator: generate.type }, { subject, place }), environments);
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
