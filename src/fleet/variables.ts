import { PhalanxError } from "../errors.js";
import { variableSuffix } from "../model/fleet-config.js";

const HINT =
  "Name the variable or file of each (tokenVariable, tokenFile) in a file of yours: phalanx fleet audit --fleet-config FILE";

/**
 * Refuses environments whose variables are those of another, or have another meaning: a credential would be sent to the
 * wrong server.
 *
 * @param named The environments whose variables are named after them.
 * @param all Every environment of the configuration.
 */
export function refuseCollisions(named: readonly string[], all: readonly string[]): void {
  for (const environment of named) {
    const suffix = variableSuffix(environment);
    if (suffix === "FILE") {
      throw new PhalanxError(`VAULT_TOKEN_FILE would be the token of ${environment}, and it names a file`, {
        hint: HINT,
      });
    }
    const other = all.find((candidate) => candidate !== environment && variableSuffix(candidate) === suffix);
    if (other === undefined) continue;
    throw new PhalanxError(`VAULT_TOKEN_${suffix} would be the token of both ${environment} and ${other}`, {
      hint: HINT,
    });
  }
}
