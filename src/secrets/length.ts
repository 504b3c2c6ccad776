import { refId, type GenerateRule, type SecretRef } from "../model/secret.js";
import type { Resolved } from "./resolve.js";

/** bcrypt ignores what comes after; we refuse instead. */
const BCRYPT_MAX_BYTES = 72;

/**
 * Whether the value of a secret is certainly too long for bcrypt, even where it is still to be generated: that has to be
 * told before a plan is applied, not while it is.
 */
export function tooLongForBcrypt(ref: SecretRef, resolved: Resolved): boolean {
  return bytesUpTo(BCRYPT_MAX_BYTES + 1, ref, resolved) > BCRYPT_MAX_BYTES;
}

/** Bytes in UTF-8 that a value has at least; no more than `enough` are counted, however often templates double it. */
function bytesUpTo(enough: number, start: SecretRef, resolved: Resolved): number {
  let found = resolved.get(refId(start));
  // A loop, because chains of copies may be long.
  while (found?.resolution.kind === "pending" && found.secret.kind === "copy") {
    found = resolved.get(refId(found.secret.from));
  }
  if (found === undefined || found.resolution.kind === "unresolved") return 0;
  const { secret, resolution } = found;
  if (resolution.kind === "known") return Buffer.byteLength(resolution.value.reveal(), "utf8");
  if (secret.kind === "generate") return generatedBytes(secret.rule);
  let bytes = 0;
  for (const part of secret.kind === "template" ? secret.parts : []) {
    if (bytes >= enough) break;
    bytes += typeof part === "string" ? Buffer.byteLength(part, "utf8") : bytesUpTo(enough - bytes, part, resolved);
  }
  return bytes;
}

function generatedBytes(rule: GenerateRule): number {
  switch (rule.type) {
    case "password":
      return 64;
    case "gafaelfawr-token":
      return 48;
    case "fernet-key":
      return 44;
    case "random":
      return rule.length;
    case "rsa-private-key":
      return 1600;
    case "bcrypt-password-hash":
      return 60;
    case "mtime":
      return 20;
    case "oidc-clients":
      return 0;
  }
}
