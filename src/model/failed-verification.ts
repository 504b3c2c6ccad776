import type { SecretRef } from "./secret.js";

/** A generated value in Vault that is not what its generator makes, such as the hash of an older password. */
export interface FailedVerification extends SecretRef {
  readonly reason: string;
}
