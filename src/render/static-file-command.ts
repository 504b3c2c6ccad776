import { commandLine } from "../model/shell.js";

/** How to create an empty static secrets file: encrypted, if its name says so. */
export function makeStaticFile(environment: string, file: string): string {
  const command = (...more: readonly string[]): string =>
    commandLine("phalanx", "secrets", "static-template", environment, ...more, "-o", file);
  return file.endsWith(".age")
    ? `To make one: ${command("--encrypt-to", "RECIPIENT")}`
    : `To make one: ${command()}; add --encrypt-to RECIPIENT to encrypt it.`;
}
