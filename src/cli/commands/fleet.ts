import type { Command } from "commander";
import type { Runs } from "./action.js";
import { configOption, examples, requireTlsOption } from "./options.js";

/** `phalanx fleet`: all environments at once. */
export function fleetCommands(program: Command, runs: Runs): void {
  const fleet = program
    .command("fleet")
    .helpCommand(false)
    .description("Audit all environments at once.")
    .addHelpText("after", examples(["phalanx fleet audit", "phalanx help fleet audit"]));
  fleet
    .command("audit")
    .description(
      "Audit every environment that has credentials, and compare them. Exit status 1 if any has findings, 2 if one could not be audited; one without credentials counts only if it is named.",
    )
    .argument("[environment...]", "Only these; then each must have credentials.")
    .addOption(configOption())
    .option(
      "--fleet-config <file>",
      "Your file that says where the credentials of each environment are, instead of in VAULT_TOKEN_<ENV>. Default: phalanx.fleet.yaml at the root, which cannot name other variables.",
    )
    .option(
      "--max-age <duration>",
      "Report generated values that are older than this, e.g. 365d. Default: values are never reported for their age.",
    )
    .option("--parallel <number>", "Environments at once.", "4")
    .addOption(requireTlsOption())
    .option("--html <file>", "Write the report as one page, to look at in a browser.")
    .option("-o, --output <file>", "Write the report to a file, as JSON, for --merge.")
    .option("--json [file]", "Print the report as JSON. With a file, the same as -o.")
    .option("--metrics <file>", "Write the numbers for Prometheus, in a text format that is also valid OpenMetrics.")
    .option("--force", "Replace files that exist and are of the same kind.")
    .option("--shard <i/n>", "Audit only shard I of N, to be merged later.")
    .option("--merge <file...>", "Merge the JSON reports of all shards instead of contacting any server.")
    .option(
      "--rollout <file...>",
      "Also report which workloads hold old values, from the output of phalanx rollout status ENV --json: one file for each environment.",
    )
    .addHelpText(
      "after",
      examples([
        "phalanx fleet audit --html fleet.html",
        "phalanx fleet audit --max-age 365d --shard 1/4 -o part1.json",
        "phalanx fleet audit --merge shard*.json --html fleet.html",
        "phalanx fleet audit --metrics phalanx.prom --force",
        "phalanx fleet audit --rollout rollout/*.json --html fleet.html",
      ]),
    )
    .action(runs(() => import("../fleet/audit.js")));
  fleet
    .command("schema")
    .description("Print the JSON Schema of the report.")
    .option("-o, --output <file>", "Write it to a file instead.")
    .option("--force", "Replace the file if it exists and is of the same kind.")
    .addHelpText("after", examples(["phalanx fleet schema -o fleet-report.schema.json"]))
    .action(runs(() => import("../fleet/schema.js")));
}
