import type { Command } from "commander";
import type { Runs } from "./action.js";
import { examples, requireTlsOption } from "./options.js";

/** Begins a command about an environment. */
type Begin = (name: string, description: string) => Command;

/** Commands of `phalanx secrets` about what a person provides, and where. */
export function staticSourceCommands(environmentCommand: Begin, targetCommand: Begin, runs: Runs): void {
  targetCommand(
    "missing",
    "Print the static secrets that a person still has to provide, as YAML. Exit status 1 if there are any.",
  )
    .option("--json", "Print them as JSON, with their descriptions.")
    .addHelpText("after", examples(["phalanx secrets missing idfdev --secrets static.yaml"]))
    .action(runs(() => import("../secrets/missing.js")));
  environmentCommand(
    "onepassword-secrets",
    "Print the static secrets that 1Password holds, WITH their values, as a file.",
  )
    .option("-o, --output <file>", "Write them to a file (mode 0600) instead.")
    .option("--force", "Replace the file if it exists and is of the same kind.")
    .addOption(requireTlsOption())
    .addHelpText("after", examples(["phalanx secrets onepassword-secrets idfdev -o static.yaml"]))
    .action(runs(() => import("../secrets/onepassword-secrets.js")));
  environmentCommand(
    "onepassword-template",
    "Show which items and fields the 1Password vault of an environment must have, and which it has. Exit status 1 if something is missing.",
  )
    .option("--create", "Create the missing items, with empty fields.")
    .option("--json", "Print the report as JSON.")
    .addOption(requireTlsOption())
    .addHelpText(
      "after",
      examples(["phalanx secrets onepassword-template idfdev", "phalanx secrets onepassword-template idfdev --create"]),
    )
    .action(runs(() => import("../secrets/onepassword-template.js")));
}
