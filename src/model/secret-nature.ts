import { type Secret, type SecretRef, sourcesOf } from "./secret.js";

/** What a secret is, without its value. */
export interface SecretNature {
  readonly kind: Secret["kind"];
  /** Of a generated one. */
  readonly generator?: string;
  readonly sources: readonly SecretRef[];
}

export function natureOf(secret: Secret): SecretNature {
  const { kind } = secret;
  const sources = sourcesOf(secret).map(({ application, key }) => ({ application, key }));
  return { kind, sources, ...(secret.kind === "generate" ? { generator: secret.rule.type } : {}) };
}
