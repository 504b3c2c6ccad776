import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { variableSuffix } from "../model/fleet-config.js";

/**
 * Refuses environments whose variables are those of another, or have another meaning: a credential would go to the
 * wrong server.
 *
 * @param named The environments whose variables are named after them.
 * @param all Every environment of the configuration.
 */
export function refuseCollisions(named: readonly string[], all: readonly string[]): void {
  for (const environment of named) {
    const suffix = variableSuffix(environment);
    const variable = `VAULT_TOKEN_${suffix}`;
    const about = { subject: { environment } };
    if (suffix === "FILE") throw new PhalanxError(diagnostic("token-variable-of-file", { variable }, about));
    const other = all.find((candidate) => candidate !== environment && variableSuffix(candidate) === suffix);
    if (other !== undefined) throw new PhalanxError(diagnostic("token-variable-shared", { variable, other }, about));
  }
}
