import { diagnostic } from "../model/diagnostics/index.js";
import { refId, type Secret, type SecretRef, type TemplateSecret } from "../model/secret.js";
import { generatorOf } from "../secrets/generators.js";
import type { Report } from "./findings.js";
import { type LintEnvironment, placeOf } from "./model.js";

/**
 * Reports copies of copies, hashes of anything but a generated password, and URLs that a generated password may break.
 */
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
        // A secret that derives from itself is a cycle, which is reported elsewhere.
        if (source?.kind !== "copy" || source === secret) continue;
        const place = placeOf(entry, ["copy"], "key");
        report(diagnostic("copy-of-copy", { source: secret.from, origin: source.from }, { subject, place }), [name]);
      } else if (secret.kind === "template") {
        for (const source of unencodedInUrl(secret, find)) {
          const place = placeOf(entry, ["generate", "template"], "key");
          report(diagnostic("url-part-unencoded", { source }, { subject, place }), [name]);
        }
      } else if (secret.kind === "generate" && secret.rule.type === "bcrypt-password-hash") {
        const source = origin({ application: secret.application, key: secret.rule.source }, find);
        if (source === undefined || source === secret || isGeneratedPassword(source)) continue;
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

/** The original source of a value; undefined if there is none, which is an error of its own. */
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

/** The generated secrets that a template puts into a URL, and that may contain characters special in a URL. */
function unencodedInUrl({ parts }: TemplateSecret, find: (ref: SecretRef) => Secret | undefined): SecretRef[] {
  let before = "";
  const found: SecretRef[] = [];
  for (const part of parts) {
    if (typeof part === "string") {
      before += part;
      continue;
    }
    const [last] = part.filters.slice(-1);
    const source = last === "urlencode" ? undefined : origin(part.source, find);
    if (source?.kind === "generate" && isInUrl(before)) {
      const isPlain = last !== "base64" && generatorOf(source.rule).isPlainInUrl(source.rule);
      if (!isPlain) found.push(part.source);
    }
    before += "x";
  }
  return found;
}

/** Whether the text that follows continues the URL that a text ends with. */
function isInUrl(text: string): boolean {
  const begin = text.lastIndexOf("://");
  return begin > 0 && !/[\s"'<>`]/.test(text.slice(begin));
}

function isGeneratedPassword(secret: Secret): boolean {
  return secret.kind === "generate" && generatorOf(secret.rule).isPassword;
}
