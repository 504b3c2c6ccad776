import type { Command } from "commander";
import type { DiffOptions } from "../diff.js";
import type { Runs } from "./action.js";
import { configOption, examples, formatOption } from "./options.js";

/** `phalanx lint`, `diff` and `graph`: what Git alone tells. */
export function configurationCommands(program: Command, runs: Runs, argv: readonly string[]): void {
  program
    .command("lint")
    .description("Check the configuration, without Vault: what would stop a sync, and what looks wrong.")
    .argument("[environment...]", "Only what concerns these environments. Default: everything.")
    .addOption(configOption())
    .addOption(formatOption(["text", "json", "sarif", "github"]))
    .option("--json", "The same as --format json.")
    .option("--strict", "Exit status 1 on warnings, too.")
    .option("--notes", "Also show notes: what is often intended, such as a condition that is the same everywhere.")
    .option("--no-templates", "Do not look for the secrets that the templates of charts use.")
    .option("--explain [rule]", "Explain a rule instead, or list all of them.")
    .addHelpText(
      "after",
      examples(["phalanx lint", "phalanx lint idfdev --strict", "phalanx lint --explain copy-chain"]),
    )
    .action(runs(() => import("../lint.js")));

  program
    .command("diff")
    .description(
      "Show what a change in Git means for secrets, environment by environment, without Vault. Default: HEAD against the work tree.",
    )
    .argument(
      "[revision-or-environment...]",
      "REV, or REV REV2, or A..B, or A...B; then environments, if necessary after --.",
    )
    .addOption(configOption())
    .option("--staged", "Compare with the index instead of the work tree.")
    .addOption(formatOption(["text", "json", "markdown"]))
    .option("--json", "The same as --format json.")
    .option("--exit-code", "Exit status 1 if anything differs.")
    .addHelpText(
      "after",
      examples([
        "phalanx diff",
        "phalanx diff main...HEAD --format markdown",
        "phalanx diff v1.0 v1.1 -- idfdev idfint",
      ]),
    )
    .action(
      runs(async () => {
        const { run } = await import("../diff.js");
        // Commander drops the separator.
        const separator = argv.indexOf("--");
        const separated = separator < 0 ? undefined : argv.length - separator - 1;
        return {
          run: (ofContext, words: string[], options: DiffOptions) => run(ofContext, words, options, separated),
        };
      }),
    );

  program
    .command("graph")
    .description("Show how the secrets of an environment depend on each other: copies, hashes, templates, conditions.")
    .argument("<environment>", "Name of the environment.")
    .argument("[app[/key]]", "Only an application, or one of its secrets, and what it comes from.")
    .addOption(configOption())
    .option("--reverse", "Reverse the direction: what comes from it.")
    .option("--consumers", "Also the workloads and other objects that use the secrets.")
    .option("--all", "Also secrets that neither depend on others nor have dependents.")
    .addOption(formatOption(["text", "mermaid", "dot", "svg", "json"]))
    .option("--json", "The same as --format json.")
    .addHelpText(
      "after",
      examples([
        "phalanx graph idfdev",
        "phalanx graph idfdev postgres --reverse",
        "phalanx graph idfdev --format svg > idfdev.svg",
      ]),
    )
    .action(runs(() => import("../graph.js")));
}
