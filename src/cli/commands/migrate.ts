import type { Command } from "commander";
import type { Runs } from "./action.js";
import { configOption, examples, targetOptions, vaultOptions } from "./options.js";

/** `phalanx migrate`: from the original program to this one. */
export function migrateCommands(program: Command, runs: Runs): void {
  const migrate = program
    .command("migrate")
    .helpCommand(false)
    .description("Move from the original program of the Rubin Observatory.")
    .addHelpText("after", examples(["phalanx migrate check idfdev", "phalanx help migrate check"]));
  const check = migrate
    .command("check")
    .description("Show what phalanx would do differently from the original. Exit status 1 if there is any difference.")
    .argument("<environment>", "Name of the environment.")
    .addOption(configOption());
  targetOptions(vaultOptions(check))
    .option("--write-provenance", "Also record in Vault's custom metadata where the existing values come from.")
    .option("--json", "Print the differences as JSON.")
    .addHelpText(
      "after",
      examples([
        "phalanx migrate check idfdev",
        "phalanx migrate check idfdev --secrets static.yaml --write-provenance",
      ]),
    )
    .action(runs(() => import("../migrate/check.js")));
}
