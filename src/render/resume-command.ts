import type { KeptOptions } from "../model/diagnostics/runs.js";
import { commandLine } from "../model/shell.js";

/** How to continue an interrupted run, with the options that were given here. */
export function resumeCommand(
  command: "rotate" | "sync --regenerate",
  environment: string,
  { mass, access, sources }: KeptOptions,
): string {
  return command === "rotate"
    ? commandLine("phalanx", "secrets", "rotate", environment, "--resume", ...mass, ...access)
    : commandLine("phalanx", "secrets", "sync", environment, "--regenerate", "--resume", ...sources, ...access);
}
