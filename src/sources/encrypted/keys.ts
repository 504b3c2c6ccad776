import type { SecretValue } from "../../model/secret-value.js";

/** Age identities, and what an operator calls the place that they come from. */
export interface Identities {
  readonly origin: string;
  readonly identities: readonly SecretValue[];
}

/** How an encrypted file is opened. Nothing is read and nobody is asked before a file turns out to be encrypted. */
export interface Keys {
  /** @throws PhalanxError if none were given. */
  identities(format: "age" | "sops", shown: string): Promise<Identities>;
  /** @throws PhalanxError if there is nobody to ask. */
  passphrase(shown: string): Promise<SecretValue>;
}
