import { diagnostic } from "../model/diagnostics/index.js";
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
      const subject = { application: secret.application, key: secret.key };
      if (secret.kind === "copy") {
        const source = find(secret.from);
        if (source?.kind !== "copy") continue;
        const place = placeOf(entry, ["copy"], "key");
        report(diagnostic("copy-of-copy", { source: secret.from, origin: source.from }, { subject, place }), [name]);
      } else if (secret.kind === "generate" && secret.rule.type === "bcrypt-password-hash") {
        const source = origin({ application: secret.application, key: secret.rule.source }, find);
        if (source === undefined || isGeneratedPassword(source)) continue;
        const { kind } = source;
        const details = {
          source: secret.rule.source,
          kind,
          ...(kind === "generate" && { generator: source.rule.type }),
        };
        const place = placeOf(entry, ["generate", "source"]);
        report(diagnostic("bcrypt-source-not-generated", details, { subject, place }), [name]);
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
