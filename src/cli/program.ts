import { Command, CommanderError, Option } from "commander";
import { ExitCode, PhalanxError } from "../errors.js";
import { didYouMean } from "../model/nearest.js";
import { renderError } from "../render/error.js";
import { VERSION } from "../version.js";
import type { Context } from "./context.js";
import type { DiffOptions } from "./diff.js";

type Result = Promise<ExitCode>;

/** Runs the program with the arguments after its name. Never throws for what a user can cause. */
export async function main(context: Context, argv: readonly string[]): Promise<ExitCode> {
  let result: Result = Promise.resolve(ExitCode.ok);
  const program = buildProgram(context, argv, (outcome) => {
    result = outcome;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return await result;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.code === "commander.help")
        context.stderr.write(renderError({ message: "Missing command", hint: undefined, problems: [] }));
      return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    }
    if (!(error instanceof PhalanxError)) throw error;
    context.stderr.write(renderError(error));
    return error.exitCode;
  }
}

function buildProgram(context: Context, argv: readonly string[], settle: (result: Result) => void): Command {
  /** Registers an action whose code is loaded only when it runs. */
  const runs =
    <Args extends unknown[]>(load: () => Promise<{ run: (context: Context, ...args: Args) => Result }>) =>
    async (...args: unknown[]): Promise<void> => {
      // Commander adds the command itself as the last argument.
      const { run } = await load();
      const outcome = run(context, ...(args.slice(0, -1) as Args));
      settle(outcome);
      await outcome;
    };

  const program = new Command("phalanx")
    .description(
      "Puts every secret that the applications of an environment need into Vault, checks it, and changes it safely.",
    )
    .version(VERSION, "--version", "Show the version.")
    .helpOption("-h, --help", "Show help for a command.")
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      outputError: (text, write) => write(usageError(text)),
    })
    .addHelpText(
      "after",
      examples(["phalanx secrets audit ENV", "phalanx secrets sync ENV --secrets FILE", "phalanx help secrets sync"]),
    );

  program
    .command("help")
    .description("Show help for a command.")
    .argument("[command...]", "The command's words, as in: help secrets sync.")
    .action((words: string[]) => showHelp(program, words));

  const secrets = program
    .command("secrets")
    .helpCommand(false)
    .description("Audit and sync the secrets of an environment.");
  const environmentCommand = (name: string, description: string): Command =>
    secrets
      .command(name)
      .description(description)
      .argument("<environment>", "Name of the environment: environments/values-ENVIRONMENT.yaml.")
      .option("-c, --config <dir>", "Root of the configuration. Default: found at or above the current directory.");
  const vaultCommand = (name: string, description: string): Command =>
    vaultOptions(environmentCommand(name, description));
  const targetCommand = (name: string, description: string): Command =>
    vaultCommand(name, description)
      .addOption(repeatable("-e, --exclude <application>", "Leave an application alone; may be given several times."))
      .option(
        "--secrets <file>",
        "YAML file with the static secrets of the environment; also encrypted with age, or a SOPS file.",
      )
      .addOption(identityOption())
      .option(
        "--assume-empty",
        "Take a Vault token that may not list as if nothing were there; what is read nevertheless is kept.",
      );
  const syncCommand = (name: string, description: string): Command =>
    targetCommand(name, description)
      .option("--delete", "Also delete what the environment does not require.")
      .option(
        "--delete-class <classes>",
        "Delete only some of it: disabled, condition, undeclared (separated by commas); spares what has no other source.",
      )
      .option("--include-unsourced", "With --delete-class: also delete values of which no other source is known.")
      .addOption(repeatable("--keep <app[/key]>", "Never delete these; may be given several times."))
      .option("--regenerate", "Give every generated secret a new value. This breaks whatever uses the old ones.")
      .addOption(
        repeatable(
          "--generate-anew <app[/key]>",
          "Generate secrets of an application although its latest version in Vault is soft-deleted; may be given several times.",
        ),
      )
      .option("--detailed-exitcode", "With a plan: exit status 0 for nothing to do, 2 for changes, 1 for any error.");

  targetCommand(
    "audit",
    "Show what differs between what an environment requires and what Vault holds. Exit status 1 if anything does.",
  )
    .option("--verify", "Also compare hashes with their sources, and check the format of every generated value.")
    .option("--json", "Print the report as JSON, with the cause of each finding.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets audit idfdev --secrets static.yaml",
        "phalanx secrets audit idfdev -e sasquatch --json",
      ]),
    )
    .action(runs(() => import("./secrets/audit.js")));
  vaultCommand(
    "explain",
    "Explain a secret: where it is declared, how its conditions come out, where its value comes from, who wrote it.",
  )
    .argument("<app[/key]>", "An application, or one of its secrets.")
    .addHelpText("after", examples(["phalanx secrets explain idfdev gafaelfawr/session-secret"]))
    .action(runs(() => import("./secrets/explain.js")));
  environmentCommand(
    "edit",
    "Edit a file of static secrets that is encrypted with age: $VISUAL, $EDITOR or vi opens it.",
  )
    .argument("<file>", "The file.")
    .addOption(identityOption())
    .addOption(encryptToOption("Encrypt it to this recipient instead of those that the identities tell"))
    .addHelpText("after", examples(["phalanx secrets edit idfdev static.yaml.age --identity key.txt"]))
    .action(runs(() => import("./secrets/edit.js")));
  vaultCommand("history", "Show who wrote what and when, one run as one event. No value is shown.")
    .argument("[app[/key]]", "An application, or one of its secrets.")
    .option("--json", "Print the history as JSON.")
    .addHelpText(
      "after",
      examples(["phalanx secrets history idfdev", "phalanx secrets history idfdev gafaelfawr/session-secret"]),
    )
    .action(runs(() => import("./secrets/history.js")));
  environmentCommand("list", "List the secrets that an environment requires.")
    .option("--json", "Print them as JSON, with kind and description.")
    .addHelpText("after", examples(["phalanx secrets list idfdev"]))
    .action(runs(() => import("./secrets/list.js")));
  environmentCommand(
    "onepassword-secrets",
    "Print the static secrets that 1Password holds, WITH their values, as a file.",
  )
    .option("-o, --output <file>", "Write them to a file (mode 0600) instead.")
    .option("--force", "Replace the file if it exists.")
    .addHelpText("after", examples(["phalanx secrets onepassword-secrets idfdev -o static.yaml"]))
    .action(runs(() => import("./secrets/onepassword-secrets.js")));
  environmentCommand(
    "onepassword-template",
    "Show which items and fields the 1Password vault of an environment must have, and which it has. Exit status 1 if something is missing.",
  )
    .option("--create", "Make the missing items, with empty fields.")
    .option("--json", "Print the report as JSON.")
    .addHelpText(
      "after",
      examples(["phalanx secrets onepassword-template idfdev", "phalanx secrets onepassword-template idfdev --create"]),
    )
    .action(runs(() => import("./secrets/onepassword-template.js")));
  syncCommand(
    "plan",
    "Show everything that a sync with the same options would change, why, and what that breaks. Writes nothing to Vault.",
  )
    .option("--json", "Print the plan as JSON. It holds no value.")
    .option("--out <file>", "Also keep the plan in a file, to apply exactly it later.")
    .option("--force", "Replace the file if it exists.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets plan idfdev --secrets static.yaml",
        "phalanx secrets plan idfdev --delete --out idfdev.plan",
      ]),
    )
    .action(runs(() => import("./secrets/plan.js")));
  vaultCommand("restore", "Bring an earlier state back, as new versions.")
    .argument("[app[/key]...]", "Only these.")
    .option("--run <id>", "Take back what one run did.")
    .option("--at <time>", "As it was at a moment, e.g. 2026-11-24T07:00:00Z.")
    .option("--kv-version <version>", "One version of each application that is named.")
    .option("--secrets <file>", "Static secrets, to tell what the next sync would change again.")
    .addOption(identityOption())
    .option("--partial", "Restore what can come back, although not everything can.")
    .option("--dry-run", "Only show what would be done.")
    .option("--yes", "Do not ask.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets restore idfdev --run 20261124T070102Z-1a2b3c",
        "phalanx secrets restore idfdev --at 2026-11-24T07:00:00Z gafaelfawr --dry-run",
      ]),
    )
    .action(runs(() => import("./secrets/restore.js")));
  vaultCommand(
    "rotate",
    "Give generated secrets new values, and with them everything that copies them or is made from them.",
  )
    .argument("[app/key...]", "The secrets.")
    .option("--dry-run", "Only show what would change, and what that breaks.")
    .option("--json", "With --dry-run: print the plan as JSON.")
    .option("--resume", "Go on with a rotation that was interrupted.")
    .option("--yes", "Do not ask.")
    .option("--adopt", "Take over a prefix that another environment has written to.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets rotate idfdev gafaelfawr/session-secret --dry-run",
        "phalanx secrets rotate idfdev --resume",
      ]),
    )
    .action(runs(() => import("./secrets/rotate.js")));
  secrets
    .command("schema")
    .description("Print the JSON Schema of secrets.yaml.")
    .option("-o, --output <file>", "Write it to a file instead.")
    .addHelpText("after", examples(["phalanx secrets schema -o secrets.schema.json"]))
    .action(runs(() => import("./secrets/schema.js")));
  vaultCommand(
    "set",
    "Set static secrets whose home is Vault. The value comes from stdin, or is asked for without echo.",
  )
    .argument(
      "[app/key...]",
      "The secrets; or pull-secret and a registry host, whose credentials are USERNAME:PASSWORD.",
    )
    .option("--from-file <file>", "Set every value of a file of static secrets, plain or encrypted.")
    .addOption(identityOption())
    .option("--anyway", "Although the environment keeps its static secrets in 1Password.")
    .option("--raw", "Keep a newline at the end of the input.")
    .option("--dry-run", "Only show what would change.")
    .option("--yes", "Do not ask.")
    .option("--adopt", "Take over a prefix that another environment has written to.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets set idfdev mobu/slack-webhook < webhook.txt",
        "phalanx secrets set idfdev pull-secret ghcr.io",
      ]),
    )
    .action(runs(() => import("./secrets/set.js")));
  environmentCommand(
    "static-template",
    "Print an empty file of the static secrets that an environment requires, to be filled in.",
  )
    .addOption(encryptToOption("Encrypt it with age to this recipient"))
    .option("--armor", "With --encrypt-to and -o: as text instead of binary.")
    .option("-o, --output <file>", "Write it to a file (mode 0600) instead.")
    .option("--force", "Replace the file if it exists.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets static-template idfdev -o static.yaml",
        "phalanx secrets static-template idfdev --encrypt-to age1... -o static.yaml.age",
      ]),
    )
    .action(runs(() => import("./secrets/static-template.js")));
  syncCommand("sync", "Make Vault hold what an environment requires. Prints one line per change.")
    .option("--dry-run", "Only show what would change, as phalanx secrets plan does.")
    .option("--json", "With --dry-run: print the plan as JSON.")
    .option("--plan <file>", "Apply exactly what a plan file says, or nothing.")
    .option("--resume", "With --regenerate: go on with a run that was interrupted.")
    .option(
      "--purge",
      "With --delete: destroy whole secrets, all versions, instead of deleting them softly. Always asks; nothing brings them back.",
    )
    .option("--allow-mass-delete", "Delete even more than a fifth of all keys.")
    .option("--adopt", "Take over a prefix that another environment has written to.")
    .option("--yes", "Do not ask.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets sync idfdev --secrets static.yaml",
        "phalanx secrets sync idfdev --delete",
        "phalanx secrets sync idfdev --plan idfdev.plan",
      ]),
    )
    .action(runs(() => import("./secrets/sync.js")));

  const vault = program
    .command("vault")
    .helpCommand(false)
    .description("Manage the Vault credentials of an environment.");
  const credentialCommand = (name: string, description: string): Command =>
    vaultOptions(
      vault
        .command(name)
        .description(description)
        .argument("<environment>", "Name of the environment.")
        .option("-c, --config <dir>", "Root of the configuration. Default: found at or above the current directory."),
    );
  credentialCommand(
    "audit",
    "Check the read AppRole, the write token, and their policies. Exit status 1 if anything is wrong.",
  )
    .option("--json", "Print the report as JSON.")
    .addHelpText("after", examples(["phalanx vault audit idfdev"]))
    .action(runs(() => import("./vault/audit.js")));
  credentialCommand("copy-secrets", "Copy the secrets of another prefix of the same server, one level deep.")
    .argument("<old-prefix>", "Where they are, mount included, as in secret/phalanx/old.")
    .option("--overwrite", "Replace secrets that exist with other values.")
    .option("--dry-run", "Only show what would be copied.")
    .option("--json", "Print what was copied as JSON.")
    .addHelpText("after", examples(["phalanx vault copy-secrets idfdev secret/phalanx/old --dry-run"]))
    .action(runs(() => import("./vault/copy-secrets.js")));
  credentialCommand("create-read-approle", "Create new AppRole credentials for vault-secrets-operator, and print them.")
    .option("--as-secret <name>", "Print them as a Kubernetes Secret of that name.")
    .option("--token-lifetime <seconds>", "Lifetime of the tokens that the AppRole gives. Default: as it is.")
    .option("--keep-old", "Leave the older SecretIDs alive for a hand-over; how to destroy them later is printed.")
    .option("-o, --output <file>", "Write the credentials to a private file instead.")
    .option("--force", "Replace the file if it exists.")
    .option("--dry-run", "Only show what would be done.")
    .option("--json", "Print the credentials as JSON.")
    .addHelpText(
      "after",
      examples(["phalanx vault create-read-approle idfdev --as-secret vault-credentials | kubectl apply -f -"]),
    )
    .action(runs(() => import("./vault/create-read-approle.js")));
  credentialCommand("create-write-token", "Create a new token for phalanx itself, print it, and revoke the older ones.")
    .option("--lifetime <duration>", "Lifetime of the token, as Vault writes it.", "3650d")
    .option("--keep-old <duration>", "Let the older tokens live that much longer, for a hand-over.")
    .option("--require-lifetime", "Give up (exit status 1) if the server shortens the lifetime; the older tokens stay.")
    .option("-o, --output <file>", "Write the token to a private file instead.")
    .option("--force", "Replace the file if it exists.")
    .option("--dry-run", "Only show what would be done.")
    .option("--json", "Print the token as JSON.")
    .addHelpText("after", examples(["phalanx vault create-write-token idfdev --keep-old 12h"]))
    .action(runs(() => import("./vault/create-write-token.js")));
  credentialCommand("export-secrets", "Write the secrets of an environment to private JSON files, one per application.")
    .argument("<directory>", "A new or empty directory.")
    .addHelpText("after", examples(["phalanx vault export-secrets idfdev backup-idfdev"]))
    .action(runs(() => import("./vault/export-secrets.js")));
  credentialCommand(
    "preflight",
    "Check whether the token at hand may do everything that a sync needs. Exit status 1 if not.",
  )
    .option("--json", "Print the result as JSON.")
    .addHelpText("after", examples(["phalanx vault preflight idfdev"]))
    .action(runs(() => import("./vault/preflight.js")));

  program
    .command("diff")
    .description(
      "Show what a change in Git means for secrets, environment by environment, without Vault. Default: HEAD against the work tree.",
    )
    .argument(
      "[revision-or-environment...]",
      "REV, or REV REV2, or A..B, or A...B; then environments, if need be after --.",
    )
    .option("-c, --config <dir>", "Root of the configuration. Default: found at or above the current directory.")
    .option("--staged", "Compare with the index instead of the work tree.")
    .addOption(formatOption(["text", "json", "markdown"]))
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
        const { run } = await import("./diff.js");
        // Commander drops the separator.
        const separator = argv.indexOf("--");
        const separated = separator < 0 ? undefined : argv.length - separator - 1;
        return {
          run: (ofContext, words: string[], options: DiffOptions) => run(ofContext, words, options, separated),
        };
      }),
    );

  const fleet = program.command("fleet").helpCommand(false).description("Look at all environments at once.");
  fleet
    .command("audit")
    .description(
      "Audit every environment whose credentials are at hand, and compare them. Exit status 1 if any has findings, 2 if one could not be audited.",
    )
    .argument("[environment...]", "Only these; then each must have credentials.")
    .option("-c, --config <dir>", "Root of the configuration. Default: found at or above the current directory.")
    .option(
      "--fleet-config <file>",
      "Where the credentials of each environment are. Default: phalanx.fleet.yaml at the root; else VAULT_TOKEN_<ENV>.",
    )
    .option("--max-age <duration>", "Report generated values that are older, e.g. 365d. Default: no age is a finding.")
    .option("--parallel <number>", "Environments at once.", "4")
    .option("--html <file>", "Write the report as one page, to look at in a browser.")
    .option("--json [file]", "Print the report as JSON, or write it to a file.")
    .option("--force", "Replace files that exist.")
    .option("--shard <i/n>", "Only the i-th of n parts, to be merged later.")
    .option("--merge <file...>", "Put the JSON reports of all parts together instead of asking any server.")
    .addHelpText(
      "after",
      examples([
        "phalanx fleet audit --html fleet.html",
        "phalanx fleet audit --max-age 365d --shard 1/4 --json part1.json",
        "phalanx fleet audit --merge part*.json --html fleet.html",
      ]),
    )
    .action(runs(() => import("./fleet/audit.js")));
  fleet
    .command("schema")
    .description("Print the JSON Schema of the report.")
    .option("-o, --output <file>", "Write it to a file instead.")
    .option("--force", "Replace the file if it exists.")
    .addHelpText("after", examples(["phalanx fleet schema -o fleet-report.schema.json"]))
    .action(runs(() => import("./fleet/schema.js")));

  program
    .command("lint")
    .description("Check the configuration itself, without Vault: what sync would stop on, and what is suspicious.")
    .argument("[environment...]", "Only what concerns these environments. Default: everything.")
    .option("-c, --config <dir>", "Root of the configuration. Default: found at or above the current directory.")
    .addOption(
      new Option("--format <format>", "How the findings are written.")
        .choices(["text", "json", "sarif", "github"])
        .default("text"),
    )
    .option("--strict", "Exit status 1 on warnings, too.")
    .option("--no-templates", "Do not look for the secrets that the templates of charts use.")
    .option("--explain [rule]", "Explain a rule instead, or list all of them.")
    .addHelpText(
      "after",
      examples(["phalanx lint", "phalanx lint idfdev --strict", "phalanx lint --explain copy-chain"]),
    )
    .action(runs(() => import("./lint.js")));

  program
    .command("graph")
    .description(
      "Show how the secrets of an environment come from each other: copies, derivations, templates, conditions.",
    )
    .argument("<environment>", "Name of the environment.")
    .argument("[app[/key]]", "Only an application, or one of its secrets, and what it comes from.")
    .option("-c, --config <dir>", "Root of the configuration. Default: found at or above the current directory.")
    .option("--reverse", "The other way round: what comes from it.")
    .option("--all", "Also secrets that come from nothing and that nothing comes from.")
    .addOption(formatOption(["text", "mermaid", "dot", "svg", "json"]))
    .addHelpText(
      "after",
      examples([
        "phalanx graph idfdev",
        "phalanx graph idfdev postgres --reverse",
        "phalanx graph idfdev --format svg > idfdev.svg",
      ]),
    )
    .action(runs(() => import("./graph.js")));

  program
    .command("dev-vault")
    .description("Run a small Vault-compatible server for trying things out. Not for production.")
    .option("--listen <host:port>", "Address on this machine to listen on; port 0 takes a free one.", "127.0.0.1:8200")
    .option("--token <token>", "The root token. Default: a random one.")
    .option("--data <file>", "Also keep the state in a file (mode 0600).")
    .addHelpText("after", examples(["phalanx dev-vault", "phalanx dev-vault --listen 127.0.0.1:0 --data vault.json"]))
    .action(runs(() => import("./dev-vault.js")));
  return program;
}

function showHelp(program: Command, words: readonly string[]): void {
  let command = program;
  for (const word of words) {
    const found = command.commands.find((candidate) => candidate.name() === word);
    if (found === undefined) {
      const names = command.commands.map((candidate) => candidate.name());
      throw new PhalanxError(`There is no command ${words.join(" ")}`, {
        hint: didYouMean(word, names) ?? `Commands: ${names.join(", ")}.`,
      });
    }
    command = found;
  }
  command.outputHelp();
}

/** The options of every command that talks to Vault. */
function vaultOptions(command: Command): Command {
  return command
    .optionsGroup("Vault:")
    .option(
      "--auth <method>",
      "How to log in: token, approle (VAULT_ROLE_ID, VAULT_SECRET_ID), kubernetes, jwt. Default: a token.",
    )
    .option("--auth-mount <mount>", "Mount of the login. Default: the name of the method.")
    .option("--role <role>", "Role of a kubernetes or jwt login.")
    .option("--jwt-file <file>", "Token of a jwt or kubernetes login. Default: of the job, or of the service account.")
    .option("--vault-address <url>", "Another server than the configuration's vaultUrl.")
    .option("--require-tls", "Refuse a server that is not encrypted.")
    .optionsGroup("Options:");
}

/** An option that may be given several times; its values are a list. */
function repeatable(flags: string, description: string): Option {
  return new Option(flags, description)
    .argParser((value: string, previous: readonly string[]) => [...previous, value])
    .default([], "none");
}

function formatOption(formats: readonly string[]): Option {
  return new Option("--format <format>", "Form of the output.").choices(formats).default(formats[0]);
}

/** The identity that opens an encrypted file of static secrets. */
function identityOption(): Option {
  return new Option(
    "--identity <file>",
    "Age identity file that opens an encrypted file. Default: PHALANX_AGE_IDENTITY_FILE.",
  );
}

function encryptToOption(description: string): Option {
  return repeatable("--encrypt-to <recipient>", `${description} (age1...); may be given several times.`);
}

function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;
}

/** Commander's `error: ...` lines, in the form of all our errors: the suggestion first, the error last. */
function usageError(text: string): string {
  const [first = "", ...rest] = text.trim().split("\n");
  const hint = rest.map((line) => line.replace(/^\(|\)$/g, "").trim()).filter((line) => line !== "");
  return renderError({
    message: first.replace(/^error: /, ""),
    hint: [...hint, "See phalanx help."].join(" "),
    problems: [],
  });
}
