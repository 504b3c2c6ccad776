import type { MadeOnceRule } from "../model/secret.js";
import type { Resolution } from "./resolve.js";

/** bcrypt ignores what comes after; we refuse instead. */
const BCRYPT_MAX_BYTES = 72;

/**
 * Whether a value is certainly too long for bcrypt, even where it is still to be generated: that has to be told before a
 * plan is applied, not while it is.
 */
export function tooLongForBcrypt(resolution: Exclude<Resolution, { kind: "unresolved" }>): boolean {
  const bytes = resolution.kind === "known" ? Buffer.byteLength(resolution.value.reveal()) : resolution.bytes;
  return bytes > BCRYPT_MAX_BYTES;
}

/**
 * All that the templates of an application make: no Secret of Kubernetes is larger, and templates of templates may
 * double their length with every step.
 */
export const MAX_TEMPLATE_BYTES = 1024 * 1024;

/** Bytes in UTF-8 that a value which is still to be generated will have at least. */
export function bytesToCome(rule: MadeOnceRule): number {
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
  }
}
