import { commandLine } from "../model/shell.js";

/**
 * What to do about a static secrets file that does not exist. Most often its path is wrong, and a sync from a new file
 * would remove all OpenID Connect clients. A new file is encrypted if its name says so.
 */
export function missingStaticFile(environment: string, file: string, meant: string | undefined): string {
  const check = meant === undefined ? "Check the path." : `Did you mean "${meant}"?`;
  const make = `${check} Only if ${environment} has no such file yet`;
  const command = (...more: readonly string[]): string =>
    commandLine("phalanx", "secrets", "static-template", environment, ...more, "-o", file);
  return file.endsWith(".age")
    ? `${make}: ${command("--encrypt-to", "RECIPIENT")}`
    : `${make}: ${command()}; add --encrypt-to RECIPIENT to encrypt it.`;
}
