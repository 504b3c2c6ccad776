import { Command, CommanderError } from "commander";
import { ExitCode, PhalanxError } from "../errors.js";
import { didYouMean } from "../model/nearest.js";
import { renderError } from "../render/error.js";
import type { Context } from "./context.js";

declare const PHALANX_VERSION: string;

type Result = Promise<ExitCode>;

/** Runs the program with the arguments after its name. Never throws for what a user can cause. */
export async function main(context: Context, argv: readonly string[]): Promise<ExitCode> {
  let result: Result = Promise.resolve(ExitCode.ok);
  const program = buildProgram(context, (outcome) => {
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

function buildProgram(context: Context, settle: (result: Result) => void): Command {
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
    .version(PHALANX_VERSION, "--version", "Show the version.")
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
  const targetCommand = (name: string, description: string): Command =>
    environmentCommand(name, description)
      .option("-e, --exclude <application>", "Leave an application alone; may be given several times.", collect, [])
      .option("--secrets <file>", "YAML file with the static secrets of the environment.")
      .option("--assume-empty", "Take a Vault token that may not list as if Vault were empty; nothing is overwritten.");

  targetCommand(
    "audit",
    "Show what differs between what an environment requires and what Vault holds. Exit status 1 if anything does.",
  )
    .option("--json", "Print the report as JSON, with the cause of each finding.")
    .addHelpText(
      "after",
      examples([
        "phalanx secrets audit idfdev --secrets static.yaml",
        "phalanx secrets audit idfdev -e sasquatch --json",
      ]),
    )
    .action(runs(() => import("./secrets/audit.js")));
  environmentCommand("list", "List the secrets that an environment requires.")
    .option("--json", "Print them as JSON, with kind and description.")
    .addHelpText("after", examples(["phalanx secrets list idfdev"]))
    .action(runs(() => import("./secrets/list.js")));
  secrets
    .command("schema")
    .description("Print the JSON Schema of secrets.yaml.")
    .option("-o, --output <file>", "Write it to a file instead.")
    .addHelpText("after", examples(["phalanx secrets schema -o secrets.schema.json"]))
    .action(runs(() => import("./secrets/schema.js")));
  environmentCommand(
    "static-template",
    "Print an empty file of the static secrets that an environment requires, to be filled in.",
  )
    .addHelpText("after", examples(["phalanx secrets static-template idfdev > static.yaml"]))
    .action(runs(() => import("./secrets/static-template.js")));
  targetCommand("sync", "Make Vault hold what an environment requires. Prints one line per change.")
    .option("--delete", "Also delete what the environment does not require.")
    .option("--regenerate", "Give every generated secret a new value. This breaks whatever uses the old ones.")
    .option(
      "--generate-anew <app[/key]>",
      "Generate secrets of an application although its latest version in Vault is soft-deleted; may be given several times.",
      collect,
      [],
    )
    .addHelpText(
      "after",
      examples(["phalanx secrets sync idfdev --secrets static.yaml", "phalanx secrets sync idfdev --delete"]),
    )
    .action(runs(() => import("./secrets/sync.js")));

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

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
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
