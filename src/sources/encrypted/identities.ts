import { PhalanxError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { SecretValue } from "../../model/secret-value.js";

/** Age identities, and an operator's names for their sources. */
export interface Identities {
  readonly origins: readonly string[];
  readonly identities: readonly SecretValue[];
}

/** How to open an encrypted file. Nothing is read and nobody is asked until a file turns out to be encrypted. */
export interface Keys {
  /** @throws PhalanxError if none were given. */
  identities(format: "age" | "sops", shown: string): Promise<Identities>;
  /** @throws PhalanxError if nobody can be asked. */
  passphrase(shown: string): Promise<SecretValue>;
}

const NATIVE = /^AGE-SECRET-KEY-(PQ-)?1[02-9AC-HJ-NP-Z]{58}$/;
const FOREIGN = /^AGE-PLUGIN-|^-----BEGIN OPENSSH PRIVATE KEY/;

/**
 * The identities in an age identity file: one per line, with comments and empty lines.
 *
 * @param origin How the operator named the file or variable.
 * @throws PhalanxError that never contains text of the file.
 */
export function parseIdentities(text: string, origin: string): readonly SecretValue[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const foreign = lines.some((line) => FOREIGN.test(line));
  // There may be other kinds too; what follows the first line of an SSH key is not checked.
  const wrong = lines.findIndex((line) => line !== "" && !line.startsWith("#") && !NATIVE.test(line));
  const identities = lines.filter((line) => NATIVE.test(line)).map((line) => new SecretValue(line));
  if (wrong >= 0 && !foreign) throw new PhalanxError(diagnostic("age-identity-malformed", { origin, line: wrong + 1 }));
  if (identities.length > 0) return identities;
  throw new PhalanxError(diagnostic(foreign ? "age-identities-unsupported" : "age-identities-missing", { origin }));
}
