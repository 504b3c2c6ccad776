import type { Command } from "commander";
import type { Runs } from "./action.js";
import { configOption, examples, noteOptions, vaultOptions } from "./options.js";

/** `phalanx vault`: tokens, AppRoles and policies. */
export function vaultCommands(program: Command, runs: Runs): void {
  const vault = program
    .command("vault")
    .helpCommand(false)
    .description("Manage the Vault credentials of an environment, and copy or export its secrets.")
    .addHelpText("after", examples(["phalanx vault preflight idfdev", "phalanx help vault create-write-token"]));
  const credentialCommand = (name: string, description: string): Command =>
    vaultOptions(
      vault
        .command(name)
        .description(description)
        .argument("<environment>", "Name of the environment.")
        .addOption(configOption()),
    );
  credentialCommand(
    "audit",
    "Check the read AppRole, the write token, and their policies. Exit status 1 if anything is wrong.",
  )
    .option("--json", "Print the report as JSON.")
    .addHelpText("after", examples(["phalanx vault audit idfdev"]))
    .action(runs(() => import("../vault/audit.js")));
  noteOptions(
    credentialCommand("copy-secrets", "Copy the secrets of another prefix of the same server, one level deep."),
  )
    .argument("<old-prefix>", "Where they are, mount included, as in secret/phalanx/old.")
    .option("--overwrite", "Also replace existing secrets whose values differ.")
    .option("--allow-mass-change", "Allow replacing more than five keys if they are also more than a fifth of all.")
    .option("--dry-run", "Only show what would be copied.")
    .option("--yes", "Do not ask, except about a mass change (see --allow-mass-change).")
    .option("--adopt", "Take over a prefix that another environment has written to, for example after a rename.")
    .option("--json", "With --dry-run, print what would be copied as JSON; with --yes, what was copied.")
    .addHelpText("after", examples(["phalanx vault copy-secrets idfdev secret/phalanx/old --dry-run"]))
    .action(runs(() => import("../vault/copy-secrets.js")));
  credentialCommand(
    "create-read-approle",
    "Create new AppRole credentials for vault-secrets-operator, print them, and destroy the older SecretIDs.",
  )
    .option("--as-secret <name>", "Print them as a Kubernetes Secret of that name.")
    .option(
      "--token-lifetime <seconds>",
      "Lifetime of the tokens that the AppRole issues, in seconds, or with a unit, such as 12h. Default: unchanged.",
    )
    .option("--keep-old", "Keep the older SecretIDs for a handover, and print how to destroy them later.")
    .option("--adopt", "Take over an AppRole, or SecretIDs, that another environment has, for example after a rename.")
    .option("-o, --output <file>", "Write the credentials to a private file instead.")
    .option("--force", "Replace the file if it exists and is of the same kind.")
    .option("--dry-run", "Only show what would be done.")
    .option("--json", "Print the credentials as JSON.")
    .addHelpText(
      "after",
      examples(["phalanx vault create-read-approle idfdev --as-secret vault-credentials | kubectl apply -f -"]),
    )
    .action(runs(() => import("../vault/create-read-approle.js")));
  credentialCommand("create-write-token", "Create a new token for phalanx itself, print it, and revoke the older ones.")
    .option("--lifetime <duration>", "Lifetime of the token, with its unit: 3650d, 12h.", "3650d")
    .option("--keep-old <duration>", "Keep the older tokens that much longer, for a handover.")
    .option("--require-lifetime", "Fail (exit status 1) if the server shortens the lifetime; the older tokens stay.")
    .option("--adopt", "Take over tokens that another environment has, for example after a rename.")
    .option("-o, --output <file>", "Write the token to a private file instead.")
    .option("--force", "Replace the file if it exists and is of the same kind.")
    .option("--dry-run", "Only show what would be done.")
    .option("--json", "Print the token as JSON.")
    .addHelpText("after", examples(["phalanx vault create-write-token idfdev --keep-old 12h"]))
    .action(runs(() => import("../vault/create-write-token.js")));
  credentialCommand("export-secrets", "Write the secrets of an environment to private JSON files, one per application.")
    .argument("<directory>", "A new or empty directory.")
    .option("--force", "Accept a directory that has files: exports of the same name are replaced, other files stay.")
    .addHelpText("after", examples(["phalanx vault export-secrets idfdev backup-idfdev"]))
    .action(runs(() => import("../vault/export-secrets.js")));
  credentialCommand(
    "preflight",
    "Check whether the current token is allowed to do everything that a sync needs. Exit status 1 if not.",
  )
    .option("--json", "Print the result as JSON.")
    .addHelpText("after", examples(["phalanx vault preflight idfdev"]))
    .action(runs(() => import("../vault/preflight.js")));
}
