import { type Command, Option } from "commander";
import type { Runs } from "./action.js";
import {
  configOption,
  encryptToOption,
  examples,
  filesOption,
  identityOption,
  noteOptions,
  repeatable,
  targetOptions,
  vaultOptions,
} from "./options.js";
import { staticSourceCommands } from "./static-sources.js";

/** `phalanx secrets`: what an environment requires, and what Vault holds. */
export function secretsCommands(program: Command, runs: Runs): void {
  const secrets = program
    .command("secrets")
    .helpCommand(false)
    .description("Audit and sync the secrets of an environment.")
    .addHelpText("after", examples(["phalanx secrets audit idfdev", "phalanx help secrets rotate"]));
  const environmentCommand = (name: string, description: string): Command =>
    secrets
      .command(name)
      .description(description)
      .argument("<environment>", "Name of the environment: environments/values-ENVIRONMENT.yaml.")
      .addOption(configOption());
  const vaultCommand = (name: string, description: string): Command =>
    vaultOptions(environmentCommand(name, description));
  const targetCommand = (name: string, description: string): Command => targetOptions(vaultCommand(name, description));
  const syncCommand = (name: string, description: string): Command =>
    targetCommand(name, description)
      .argument(
        "[app[/key]...]",
        "Only these, and the secrets that depend on them. With --delete, also what only Vault holds.",
      )
      .option("--delete", "Also delete what the environment does not require.")
      .option(
        "--delete-class <classes>",
        "Delete only some of it: disabled, condition, undeclared (separated by commas); keeps values without another known source.",
      )
      .option("--include-unsourced", "With --delete-class: also delete values without another known source.")
      .addOption(repeatable("--keep <app[/key]>", "Never delete these; may be given several times."))
      .option(
        "--allow-mass-change",
        "Allow deleting more than five keys if they are also more than a fifth of all. For a plan file, give this option to plan: sync --plan does not accept it.",
      )
      .addOption(new Option("--allow-mass-delete", "The same.").implies({ allowMassChange: true }).hideHelp())
      .option("--partial", "Write what can be written, even if other secrets cannot be resolved.")
      .option("--regenerate", "Give every generated secret a new value. This breaks everything that uses the old ones.")
      .addOption(
        repeatable(
          "--generate-anew <app[/key]>",
          "Generate secrets of an application even if its latest version in Vault is deleted or destroyed; may be given several times.",
        ),
      )
      .option(
        "--detailed-exitcode",
        "Exit status 0 for nothing to do, 2 for changes, 1 for any error. sync accepts it only with --dry-run.",
      );

  environmentCommand("list", "List the secrets that an environment requires.")
    .option("--json", "Print them as JSON, with kind and description.")
    .addHelpText("after", examples(["phalanx secrets list idfdev"]))
    .action(runs(() => import("../secrets/list.js")));
  environmentCommand("static-template", "Print a file of the static secrets that an environment requires, to fill in.")
    .addOption(encryptToOption("Encrypt it with age to this recipient (age1...)"))
    .option("--armor", "With --encrypt-to and -o: as text instead of binary.")
    .option(
      "--merge <file>",
      "Add what is missing to this static secrets file, plain or encrypted with age; the rest stays as it is.",
    )
    .addOption(identityOption())
    .option("-o, --output <file>", "Write it to a file (mode 0600) instead.")
    .option("--force", "Replace the file if it exists and is of the same kind.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets static-template idfdev -o static.yaml",
        "phalanx secrets static-template idfdev --encrypt-to age1... -o static.yaml.age",
        "phalanx secrets static-template idfdev --merge static.yaml.age",
      ]),
    )
    .action(runs(() => import("../secrets/static-template.js")));
  staticSourceCommands(environmentCommand, targetCommand, runs);
  syncCommand(
    "plan",
    "Show everything that a sync with the same options would change, why, and what it would break. Writes nothing to Vault.",
  )
    .option("--json", "Print the plan as JSON. It holds no value.")
    .option("-o, --output <file>", "Also save the plan to a file, to apply exactly that plan later.")
    .option("--force", "Replace the file if it exists and is of the same kind.")
    .option("--adopt", "Plan a sync that takes over a prefix that another environment has written to.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets plan idfdev --secrets static.yaml",
        "phalanx secrets plan idfdev --delete -o idfdev.plan",
      ]),
    )
    .action(runs(() => import("../secrets/plan.js")));
  noteOptions(syncCommand("sync", "Make Vault hold what an environment requires. Prints what it writes, line by line."))
    .option("--dry-run", "Only show what would change, as phalanx secrets plan does.")
    .option("--json", "With --dry-run, print the plan as JSON; with --yes, what was written.")
    .option(
      "--plan <file>",
      "Apply a plan file: its changes and no others. If it is outdated, write nothing. Static secrets are read again.",
    )
    .option("--resume", "With --regenerate: continue an interrupted run.")
    .option(
      "--purge",
      "With --delete: destroy whole Vault secrets, with all versions, instead of soft-deleting them. Always asks; cannot be undone.",
    )
    .option("--adopt", "Take over a prefix that another environment has written to, for example after a rename.")
    .option(
      "--yes",
      "Do not ask, except about --purge, and about a mass deletion without --allow-mass-change. Without a terminal, nothing is asked anyway: those two are refused, and everything else is written.",
    )
    .addHelpText(
      "after",
      examples([
        "phalanx secrets sync idfdev --secrets static.yaml",
        "phalanx secrets sync idfdev --delete",
        "phalanx secrets sync idfdev --plan idfdev.plan",
      ]),
    )
    .action(runs(() => import("../secrets/sync.js")));
  targetCommand(
    "audit",
    "Show what differs between what an environment requires and what Vault holds. Exit status 1 if anything does.",
  )
    .argument("[app[/key]...]", "Only these, and the secrets that depend on them.")
    .option("--verify", "Also compare hashes with their sources, and check the format of every generated value.")
    .option("--json", "Print the report as JSON, with the cause of each finding.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets audit idfdev --secrets static.yaml",
        "phalanx secrets audit idfdev -e sasquatch --json",
      ]),
    )
    .action(runs(() => import("../secrets/audit.js")));
  vaultCommand(
    "explain",
    "Explain a secret: where it is declared, how its conditions evaluate, where its value comes from, who wrote it.",
  )
    .argument(
      "[app[/key]]",
      "An application, enabled or not, or one of its secrets; or what only Vault holds. Without it, lists all secrets briefly.",
    )
    .addOption(
      filesOption("--secrets <file>", "Static secrets, to tell where a value comes from; nothing is decrypted."),
    )
    .option("--json", "Print it as JSON.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets explain idfdev",
        "phalanx secrets explain idfdev gafaelfawr/session-secret",
        "phalanx secrets explain idfdev mobu/slack-webhook --secrets static.yaml",
      ]),
    )
    .action(runs(() => import("../secrets/explain.js")));
  environmentCommand(
    "consumers",
    "Show which workloads and other objects use the secrets, from the charts; renders them with helm if it is on PATH.",
  )
    .argument("[app[/key]...]", "Only these. You can also name pull-secret.")
    .option("--json", "Print them as JSON.")
    .addHelpText(
      "after",
      examples(["phalanx secrets consumers idfdev", "phalanx secrets consumers idfdev gafaelfawr/session-secret"]),
    )
    .action(runs(() => import("../secrets/consumers.js")));
  vaultCommand("history", "Show who wrote what and when, one run as one event. No value is shown.")
    .argument("[app[/key]...]", "Only these.")
    .option("--since <time>", "Only what was written since: 2h or 3d (ago), 2026-11-24, 2026-11-24T07:00:00Z.")
    .option("--limit <count>", "Only that many events, the newest.")
    .option("--json", "Print the history as JSON.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets history idfdev --since 7d",
        "phalanx secrets history idfdev gafaelfawr/session-secret --limit 1",
      ]),
    )
    .action(runs(() => import("../secrets/history.js")));
  noteOptions(vaultCommand("restore", "Undo a run, or restore an earlier state, as new versions."))
    .argument("[app[/key]...]", "Only these.")
    .option("--run <id>", "Undo what one run did.")
    .option("--last", "Undo what the last run did. If that was a restore, undo the restore.")
    .option("--at <time>", "Restore the state at a time: 10m or 2h (ago), 2026-11-24, 2026-11-24T07:00:00Z.")
    .option("--kv-version <version>", "Restore this version of each application named: a number, or the word latest.")
    .addOption(filesOption("--secrets <file>", "Static secrets, to tell what the next sync would change again."))
    .addOption(identityOption())
    .option("--partial", "Restore what can be restored, even if not everything can.")
    .option(
      "--allow-mass-change",
      "Allow changing or deleting more than five keys if they are also more than a fifth of all.",
    )
    .option("--dry-run", "Only show what would be done.")
    .option("--json", "With --dry-run, print the plan as JSON; with --yes, what was written.")
    .option("--yes", "Do not ask, except about a mass change (see --allow-mass-change).")
    .option("--adopt", "Take over a prefix that another environment has written to, for example after a rename.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets restore idfdev --last --dry-run",
        "phalanx secrets restore idfdev --run 20261124T070102Z-1a2b3c",
        "phalanx secrets restore idfdev --at 2026-11-24T07:00:00Z gafaelfawr --dry-run",
      ]),
    )
    .action(runs(() => import("../secrets/restore.js")));
  noteOptions(
    vaultCommand("rotate", "Give generated secrets new values, and update everything copied or made from them."),
  )
    .argument("[app/key...]", "The secrets.")
    .option("--dry-run", "Only show what would change, and what that breaks.")
    .option("--json", "With --dry-run, print the plan as JSON; with --yes, what was written.")
    .option("--resume", "Continue an interrupted rotation.")
    .option("--allow-mass-change", "Allow changing more than five keys if they are also more than a fifth of all.")
    .option("--yes", "Do not ask, except about a mass change (see --allow-mass-change).")
    .option("--adopt", "Take over a prefix that another environment has written to, for example after a rename.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets rotate idfdev gafaelfawr/session-secret --dry-run",
        "phalanx secrets rotate idfdev --resume",
      ]),
    )
    .action(runs(() => import("../secrets/rotate.js")));
  noteOptions(
    vaultCommand(
      "set",
      "Set static secrets in Vault, such as those that only Vault holds. If a file has them, too, a later sync with --secrets FILE replaces them with the values in the file. The value comes from stdin or a hidden prompt.",
    ),
  )
    .argument(
      "[app/key...]",
      "The secrets; or pull-secret and a registry host, whose credentials are USERNAME:PASSWORD.",
    )
    .addOption(
      filesOption(
        "--from-file <file>",
        "Set every static secret and every registry of a static secrets file, plain or encrypted; - is standard input. May be given several times: the later one wins.",
      ),
    )
    .option(
      "--in <file>",
      "Write the value into this existing static secrets file instead, plain or encrypted with age; the rest of the file stays as it is. Needs no Vault.",
    )
    .addOption(identityOption())
    .addOption(
      encryptToOption("With --in: encrypt it to this recipient (age1...) instead of those derived from the identities"),
    )
    .option("--anyway", "Set it in Vault even if the environment keeps its static secrets in a file or in 1Password.")
    .option("--raw", "Keep a newline at the end of the input.")
    .option("--dry-run", "Only show what would change.")
    .option("--json", "With --dry-run, print the plan as JSON; with --yes, what was written.")
    .option("--yes", "Do not ask before changing a value.")
    .option("--adopt", "Take over a prefix that another environment has written to, for example after a rename.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets set idfdev mobu/slack-webhook < webhook.txt",
        "phalanx secrets set idfdev mobu/slack-webhook --in static.yaml.age",
        "phalanx secrets set idfdev pull-secret ghcr.io",
      ]),
    )
    .action(runs(() => import("../secrets/set.js")));
  environmentCommand("edit", "Edit a static secrets file that is encrypted with age: $VISUAL, $EDITOR or vi opens it.")
    .argument("<file>", "The file.")
    .addOption(identityOption())
    .addOption(encryptToOption("Encrypt it to this recipient (age1...) instead of those derived from the identities"))
    .addHelpText("after", examples(["phalanx secrets edit idfdev static.yaml.age --identity key.txt"]))
    .action(runs(() => import("../secrets/edit.js")));
  secrets
    .command("schema")
    .description("Print the JSON Schema of secrets.yaml.")
    .option("-o, --output <file>", "Write it to a file instead.")
    .option("--force", "Replace the file if it exists and is of the same kind.")
    .addHelpText("after", examples(["phalanx secrets schema -o secrets.schema.json"]))
    .action(runs(() => import("../secrets/schema.js")));
}
