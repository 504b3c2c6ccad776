import { commandLine } from "../model/shell.js";

/** How an interrupted run is gone on with. */
export function resumeCommand(command: "rotate" | "sync --regenerate", environment: string): string {
  return command === "rotate"
    ? commandLine("phalanx", "secrets", "rotate", environment, "--resume")
    : commandLine("phalanx", "secrets", "sync", environment, "--regenerate", "--resume");
}
