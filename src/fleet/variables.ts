import { PhalanxError } from "../errors.js";

/** What stands for an environment at the end of a variable's name: upper case, anything odd as `_`. */
export function variableSuffix(environment: string): string {
  return environment.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

/**
 * Refuses two environments whose variables have the same names: a token would be sent to the wrong server.
 *
 * @param named The environments whose variables are named after them.
 * @param all Every environment of the configuration.
 */
export function refuseCollisions(named: readonly string[], all: readonly string[]): void {
  for (const environment of named) {
    const suffix = variableSuffix(environment);
    const other = all.find((candidate) => candidate !== environment && variableSuffix(candidate) === suffix);
    if (other === undefined) continue;
    throw new PhalanxError(`VAULT_TOKEN_${suffix} would be the token of both ${environment} and ${other}`, {
      hint: `Name the variable or file of each in phalanx.fleet.yaml (tokenVariable, tokenFile).`,
    });
  }
}
