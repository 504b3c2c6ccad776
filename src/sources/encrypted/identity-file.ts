import { PhalanxError } from "../../errors.js";
import { SecretValue } from "../../model/secret-value.js";

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
  if (wrong >= 0 && !foreign) {
    throw new PhalanxError(`${origin}: line ${wrong + 1} is no age identity`, {
      hint: "age-keygen writes such files; identities begin with AGE-SECRET-KEY-1.",
    });
  }
  if (identities.length > 0) return identities;
  throw new PhalanxError(
    foreign
      ? `${origin} holds only identities of age plugins or SSH keys, which phalanx cannot use`
      : `${origin} holds no age identity`,
    { hint: "Give a file as age-keygen writes it: identities begin with AGE-SECRET-KEY-1." },
  );
}
