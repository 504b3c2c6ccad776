import { createHmac, X509Certificate } from "node:crypto";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { SecretValue } from "../model/secret-value.js";
import { type Context, variable } from "../terminal/context.js";

const KEY_VARIABLE = "PHALANX_FINGERPRINT_KEY";
const MIN_KEY_LENGTH = 32;

/** How to compare values without keeping them. */
export interface Fingerprinter {
  readonly fingerprint: (value: SecretValue) => string;
  /** Identifies the key; undefined for a key of this run alone, whose fingerprints are useless later. */
  readonly keyId: string | undefined;
}

/** Fingerprints under the key that shards share, else under a random key that is never stored. */
export function openFingerprinter(context: Context): Fingerprinter {
  const shared = variable(context, KEY_VARIABLE);
  if (shared !== undefined && shared.length < MIN_KEY_LENGTH) {
    throw new PhalanxError(diagnostic("fingerprint-key-short", { variable: KEY_VARIABLE, least: MIN_KEY_LENGTH }));
  }
  const key = shared ?? context.randomBytes(32);
  const hmac = (text: string): string => createHmac("sha256", key).update(text, "utf8").digest("hex");
  return {
    fingerprint: (value) => hmac(`value\0${value.reveal()}`),
    keyId: shared === undefined ? undefined : hmac("key id").slice(0, 16),
  };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** When the first of the certificates in a text expires, RFC 3339; undefined if none is readable. */
export function certificateExpiry(value: SecretValue): string | undefined {
  const ends = (value.reveal().match(CERTIFICATE) ?? []).flatMap((pem) => {
    try {
      const end = Date.parse(new X509Certificate(pem).validTo);
      return Number.isNaN(end) ? [] : [end];
    } catch {
      return [];
    }
  });
  const [first] = ends.sort((a, b) => a - b);
  return first === undefined ? undefined : new Date(first).toISOString();
}
