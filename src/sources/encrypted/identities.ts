import { PhalanxError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { SecretValue } from "../../model/secret-value.js";

/** Age identities, and what an operator calls the places that they come from. */
export interface Identities {
  readonly origins: readonly string[];
  readonly identities: readonly SecretValue[];
}

/** How an encrypted file is opened. Nothing is read and nobody is asked before a file turns out to be encrypted. */
export interface Keys {
  /** @throws PhalanxError if none were given. */
  identities(format: "age" | "sops", shown: string): Promise<Identities>;
  /** @throws PhalanxError if there is nobody to ask. */
  passphrase(shown: string): Promise<SecretValue>;
}

const NATIVE = /^AGE-SECRET-KEY-(PQ-)?1[02-9AC-HJ-NP-Z]{58}$/;
const FOREIGN = /^AGE-PLUGIN-|^-----BEGIN OPENSSH PRIVATE KEY/;

/**
 * The identities of an age identity file: one a line, comments and empty lines between them.
 *
 * @param origin How the operator named the file or variable.
 * @throws PhalanxError that never holds text of the file.
 */
export function parseIdentities(text: string, origin: string): readonly SecretValue[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const foreign = lines.some((line) => FOREIGN.test(line));
  // Others than ours may stand beside them; what follows the first line of an SSH key is not for us to judge.
  const wrong = lines.findIndex((line) => line !== "" && !line.startsWith("#") && !NATIVE.test(line));
  const identities = lines.filter((line) => NATIVE.test(line)).map((line) => new SecretValue(line));
  if (wrong >= 0 && !foreign) throw new PhalanxError(diagnostic("age-identity-malformed", { origin, line: wrong + 1 }));
  if (identities.length > 0) return identities;
  throw new PhalanxError(diagnostic(foreign ? "age-identities-unsupported" : "age-identities-missing", { origin }));
}
