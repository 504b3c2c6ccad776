import { commandLine } from "../model/shell.js";

/** The command that restores one version of an application, or of one of its keys. */
export function restoreVersion(environment: string, version: number | string, name: string): string {
  return commandLine("phalanx", "secrets", "restore", environment, "--kv-version", `${version}`, name);
}
