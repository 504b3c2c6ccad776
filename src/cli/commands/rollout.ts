import type { Command } from "commander";
import type { Runs } from "./action.js";
import { configOption, examples, vaultOptions } from "./options.js";

/** `phalanx rollout`: where the secrets of an environment have arrived. */
export function rolloutCommands(program: Command, runs: Runs): void {
  const rollout = program
    .command("rollout")
    .helpCommand(false)
    .description("Show which secrets have reached the running workloads. Changes nothing.")
    .addHelpText("after", examples(["phalanx rollout status idfdev", "phalanx help rollout status"]));
  vaultOptions(
    rollout
      .command("status")
      .description(
        "Show which workloads hold the values that Vault holds, and which still hold older ones. Exit status 1 if any is old or in doubt, or nothing in the cluster copies what you name, 2 if the cluster could not be checked.",
      )
      .argument("<environment>", "Name of the environment: environments/values-ENVIRONMENT.yaml.")
      .argument("[app[/key]...]", "Only these, and the secrets that depend on them.")
      .addOption(configOption()),
  )
    .option(
      "--context <name>",
      "Context of the kubeconfig. Default: the cluster used last time, unless --kubeconfig is given; otherwise the current context.",
    )
    .option(
      "--kubeconfig <file>",
      "Kubeconfig file. Default: KUBECONFIG, else ~/.kube/config, else the pod's service account.",
    )
    .option(
      "--cluster-uid <uid>",
      "Confirm that the cluster whose namespace kube-system has this UID is the environment's.",
    )
    .option("--run <id>", "Only what one run has written.")
    .option("--wait <duration>", "Keep checking until everything is current, for at most this long, e.g. 10m.")
    .option("--json", "Print the report as JSON.")
    .addHelpText(
      "after",
      examples([
        "phalanx rollout status idfdev --context gke-idfdev",
        "phalanx rollout status idfdev gafaelfawr/session-secret --wait 10m",
        "phalanx rollout status idfdev --run 20261124T070102Z-1a2b3c",
      ]),
    )
    .action(runs(() => import("../rollout/status.js")));
  rollout
    .command("rights")
    .description("Print the roles and bindings that rollout status needs in the cluster of an environment, as YAML.")
    .argument("<environment>", "Name of the environment: environments/values-ENVIRONMENT.yaml.")
    .addOption(configOption())
    .option("--service-account <namespace/name>", "Who gets the rights. Default: phalanx/phalanx-rollout.")
    .option("--user <name>", "A user instead.")
    .option("--group <name>", "A group instead.")
    .addHelpText(
      "after",
      examples([
        "phalanx rollout rights idfdev | kubectl --context gke-idfdev apply -f -",
        "phalanx rollout rights idfdev --group operators",
      ]),
    )
    .action(runs(() => import("../rollout/rights.js")));
}
