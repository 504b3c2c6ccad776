import { refId, type Secret, type SecretRef } from "../model/secret.js";
import type { Report } from "./findings.js";
import { type LintEnvironment, placeOf } from "./model.js";

/** Reports copies of copies, and hashes of what is no generated password. */
export function checkSources(environment: LintEnvironment, report: Report): void {
  const { deployed, name } = environment;
  const find = (ref: SecretRef): Secret | undefined => deployed.get(ref.application)?.resolved.secrets.get(ref.key);
  for (const { resolved, entries } of deployed.values()) {
    for (const secret of resolved.secrets.values()) {
      const entry = entries.get(secret.key);
      if (entry === undefined) continue;
      if (secret.kind === "copy") {
        const source = find(secret.from);
        if (source?.kind !== "copy") continue;
        report({
          ...placeOf(entry, ["copy"], "key"),
          rule: "copy-chain",
          environments: [name],
          message: `${refId(secret)} is a copy of ${refId(source)}, which is itself a copy of ${refId(source.from)}`,
          hint: `Copy from ${refId(source.from)}, unless that must not be known here.`,
        });
      } else if (secret.kind === "generate" && secret.rule.type === "bcrypt-password-hash") {
        const source = origin({ application: secret.application, key: secret.rule.source }, find);
        if (source === undefined || isGeneratedPassword(source)) continue;
        report({
          ...placeOf(entry, ["generate", "source"]),
          rule: "bcrypt-source",
          environments: [name],
          message: `${refId(secret)} is a hash of ${secret.rule.source}, which is no generated password: it is ${inWords(source)}`,
          hint: "Generate the password, or make sure that it is long, random and of at most 72 bytes.",
        });
      }
    }
  }
}

/** Where a value comes from in the end; undefined if nowhere, which is an error of its own. */
function origin(ref: SecretRef, find: (ref: SecretRef) => Secret | undefined): Secret | undefined {
  const seen = new Set<string>();
  let secret = find(ref);
  while (secret?.kind === "copy") {
    if (seen.has(refId(secret))) return undefined;
    seen.add(refId(secret));
    secret = find(secret.from);
  }
  return secret;
}

function isGeneratedPassword(secret: Secret): boolean {
  return secret.kind === "generate" && (secret.rule.type === "password" || secret.rule.type === "random");
}

function inWords(secret: Secret): string {
  return secret.kind === "generate" ? `generated as ${secret.rule.type}` : `of the kind ${secret.kind}`;
}
