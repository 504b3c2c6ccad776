import { type Command, CommanderError } from "commander";
import { ExitCode, PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { renderError } from "../render/error.js";
import { VERSION } from "../version.js";
import { actions, type Result } from "./commands/action.js";
import { commandUnknown, PhalanxCommand } from "./commands/command.js";
import { completionCommands } from "./commands/completion.js";
import { configurationCommands } from "./commands/configuration.js";
import { fleetCommands } from "./commands/fleet.js";
import { migrateCommands } from "./commands/migrate.js";
import { choiceOption, examples } from "./commands/options.js";
import { rolloutCommands } from "./commands/rollout.js";
import { secretsCommands } from "./commands/secrets.js";
import { vaultCommands } from "./commands/vault.js";
import type { Context } from "../terminal/context.js";
import { print } from "../terminal/terminal.js";

/** Runs the program with the arguments after its name. Never throws for an error that a user can cause. */
export async function main(context: Context, argv: readonly string[]): Promise<ExitCode> {
  let result: Result | undefined;
  const program = buildProgram({ ...context, typed: argv }, argv, (outcome) => {
    result = outcome;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return (await result) ?? ExitCode.ok;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.code === "commander.help") context.stderr.write(renderError(diagnostic("command-missing")));
      return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    }
    if (!(error instanceof PhalanxError)) throw error;
    // A command that has started answers in JSON itself.
    if (result === undefined && asksForJson(argv)) await refuseInJson(context, program, argv, error);
    context.stderr.write(renderError(error.diagnostic, error.problems));
    // With the option, 2 means changes, so no error may end with 2, not even a usage error.
    return argv.includes("--detailed-exitcode") ? ExitCode.findings : error.exitCode;
  }
}

function asksForJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, at) => word === "--json" || word === "--format=json" || (word === "--format" && argv[at + 1] === "json"),
  );
}

async function refuseInJson(
  context: Context,
  program: Command,
  argv: readonly string[],
  error: PhalanxError,
): Promise<void> {
  const { answerInJson } = await import("../terminal/json-answer.js");
  let words = "";
  for (let command: Command | undefined = program, at = 0; command; at++) {
    command = command.commands.find((candidate) => candidate.name() === argv[at]);
    if (command) words = `${words} ${command.name()}`.trim();
  }
  await answerInJson(context, words, () => Promise.reject(error)).catch(() => undefined);
}

/** All commands with their options; loads nothing that is needed only to run them. */
export function buildProgram(context: Context, argv: readonly string[], settle: (result: Result) => void): Command {
  const runs = actions(context, settle);
  const program = new PhalanxCommand("phalanx")
    .description(
      "Puts into Vault every secret that an environment's applications need, checks these secrets, and changes them safely.",
    )
    .version(VERSION, "--version", "Show the version.")
    .option("--verbose", "Log every request to a server on stderr: method, path, status and time, never the contents.")
    .addOption(choiceOption("--log-format <format>", "Format of that log; turns it on.", ["text", "json"]))
    .helpOption("-h, --help", "Show help for a command.")
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => print(context.stdout, text),
      writeErr: (text) => context.stderr.write(text),
    })
    .addHelpText(
      "after",
      examples(["phalanx secrets audit ENV", "phalanx secrets sync ENV --secrets FILE", "phalanx help secrets sync"]),
    );

  secretsCommands(program, runs);
  configurationCommands(program, runs, argv);
  rolloutCommands(program, runs);
  fleetCommands(program, runs);
  vaultCommands(program, runs);
  migrateCommands(program, runs);
  completionCommands(program, runs);

  program
    .command("dev-vault")
    .description("Run a small Vault-compatible server for trying things out. Not for production.")
    .option("--listen <host:port>", "Address on this machine to listen on; port 0 picks a free one.", "127.0.0.1:8200")
    .option("--token <token>", "The root token. Default: a random one.")
    .option("--i-know-this-is-not-vault", "Allow --listen with an address that other machines can reach.")
    .addHelpText("after", examples(["phalanx dev-vault", "phalanx dev-vault --listen 127.0.0.1:0 --token demo"]))
    .action(runs(() => import("./dev-vault.js")));
  program
    .command("help")
    .description("Show help for a command.")
    .argument("[command...]", "The command's words, as in: help secrets sync.")
    .addHelpText("after", examples(["phalanx help", "phalanx help secrets sync"]))
    .action((words: string[]) => showHelp(program, words));
  return program;
}

function showHelp(program: Command, words: readonly string[]): void {
  let command = program;
  for (const word of words) {
    const found = command.commands.find((candidate) => candidate.name() === word);
    if (found === undefined) throw new PhalanxError(commandUnknown(command, word));
    command = found;
  }
  command.outputHelp();
}
