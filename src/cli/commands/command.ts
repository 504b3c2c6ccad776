import { type Argument, Command, Option } from "commander";
import { PhalanxError } from "../../errors.js";
import { type Diagnostic, diagnostic } from "../../model/diagnostics/index.js";
import { allNearest } from "../../model/nearest.js";

/**
 * A command whose usage errors are diagnostics. Commander calls these methods for what is wrong on a command line; its own
 * make a sentence of it. They are not in its types: what holds them in place are the transcripts of usage errors.
 */
export class PhalanxCommand extends Command {
  override createCommand(name?: string): PhalanxCommand {
    return new PhalanxCommand(name);
  }

  /** Wherever there is `--output`, `--out` is another spelling, which `secrets plan` once had. */
  override addOption(option: Option): this {
    super.addOption(option);
    if (option.long !== "--output") return this;
    const alias = new Option("--out <file>").hideHelp();
    alias.attributeName = () => option.attributeName();
    return super.addOption(alias);
  }

  _callParseArg(target: Option | Argument, given: string, previous: unknown): unknown {
    const { argChoices: choices, parseArg } = target;
    if (choices !== undefined && !choices.includes(given)) {
      const [of, name] =
        target instanceof Option ? (["option", target.flags] as const) : (["argument", target.name()] as const);
      throw new PhalanxError(diagnostic("choice-invalid", { command: wordsOf(this), of, name, given, choices }));
    }
    return parseArg === undefined ? given : parseArg(given, previous);
  }

  missingArgument(argument: string): never {
    throw new PhalanxError(diagnostic("argument-missing", { command: wordsOf(this), argument }));
  }

  optionMissingArgument({ flags }: Option): never {
    throw new PhalanxError(diagnostic("option-value-missing", { command: wordsOf(this), option: flags }));
  }

  unknownOption(given: string): never {
    const known = optionsOf(this).flatMap(({ long }) => long ?? []);
    // A short one says too little to guess from.
    const similar = given.startsWith("--") ? allNearest(given, known).toSorted() : [];
    throw new PhalanxError(diagnostic("option-unknown", { command: wordsOf(this), given, similar }));
  }

  unknownCommand(): never {
    throw new PhalanxError(commandUnknown(this, this.args[0] ?? ""));
  }

  _excessArguments(given: readonly string[]): never {
    const expected = this.registeredArguments.length;
    throw new PhalanxError(diagnostic("arguments-excess", { command: wordsOf(this), expected, given: given.length }));
  }
}

/** The error for a word that is not a command of `group`. */
export function commandUnknown(group: Command, given: string): Diagnostic<"command-unknown"> {
  const known = commandsOf(group).map((command) => command.name());
  const similar = allNearest(given, known).toSorted();
  const elsewhere = rootOf(group).commands.flatMap((other) =>
    other.commands.filter((command) => command.name() === given).map(() => `${other.name()} ${given}`),
  );
  return diagnostic("command-unknown", { command: wordsOf(group), given, similar, elsewhere });
}

/** The commands that the help of a command shows. */
export function commandsOf(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command);
}

/** The options of a command, with those that all commands have. */
export function optionsOf(command: Command): readonly Option[] {
  const global = command.parent ? rootOf(command).options.filter(({ long }) => long !== "--version") : [];
  return command.createHelp().visibleOptions(command).concat(global);
}

/** The words of a command after the name of the program, as in "secrets sync"; none for the program itself. */
export function wordsOf(command: Command): string {
  const { parent } = command;
  return parent ? `${wordsOf(parent)} ${command.name()}`.trimStart() : "";
}

export function rootOf(command: Command): Command {
  return command.parent ? rootOf(command.parent) : command;
}
