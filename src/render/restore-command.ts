import type { TakenBack } from "../model/plan.js";
import { commandLine } from "../model/shell.js";

/** The command that restores one version of an application, or of one of its keys. */
export function restoreVersion(environment: string, version: number | string, name: string): string {
  return commandLine("phalanx", "secrets", "restore", environment, "--kv-version", `${version}`, name);
}

/** What to restore instead of the latest version of an application, which a restore took back. */
export function restoreTakenBack(
  { before }: TakenBack,
  latest: number,
  application: string,
  environment: string,
): string {
  return before === undefined
    ? `To choose the version to restore: ${commandLine("phalanx", "secrets", "history", environment, application)}`
    : `A restore soft-deleted version ${latest}. To restore version ${before}, from before the run that wrote version ${latest}: ${restoreVersion(environment, before, application)}`;
}
