import type { Command, Option } from "commander";
import { ExitCode } from "../errors.js";
import { UNKNOWN_CLASSES } from "../model/plan.js";
import { RULE_IDS } from "../model/lint.js";
import { oneLine, printable } from "../render/printable.js";
import type { Context } from "../terminal/context.js";
import { type Candidate, type Names, openNames } from "../target/completion-names.js";
import { commandsOf, optionsOf, rootOf } from "./commands/command.js";
import { findOption, nameOf, type Position, positionAfter, takesValue } from "./commands/position.js";

/** The shell itself completes file names. */
type Offer = readonly Candidate[] | "files" | "directories";

/** Values of options and arguments that are neither names from the configuration nor fixed choices. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "--auth": ["token", "approle", "kubernetes", "jwt"],
  "--delete-class": UNKNOWN_CLASSES,
};

/**
 * `phalanx __complete -- WORD...`: completions for the last word, one candidate per line with its description after a
 * tab; or `:files` or `:directories`. Called by the scripts of `phalanx completion`.
 */
export function run(context: Context, program: Command, words: readonly string[]): Promise<ExitCode> {
  const typed = words.at(-1) ?? "";
  const offer = offerAt(context, positionAfter(program, words.slice(0, -1)), typed);
  context.stdout.write(typeof offer === "string" ? `:${offer}\n` : lines(offer, typed));
  return Promise.resolve(ExitCode.ok);
}

function lines(offer: readonly Candidate[], typed: string): string {
  return offer
    .filter(({ word }) => word.startsWith(typed) && printable(word) === word)
    .map(({ word, description = "" }) => `${word}${description === "" ? "" : `\t${oneLine(description)}`}\n`)
    .join("");
}

function offerAt(context: Context, position: Position, typed: string): Offer {
  const { command, operands, values, pending, separated } = position;
  const names = openNames(context, values.get("--config"));
  if (pending && !(pending.optional && typed.startsWith("-"))) return valuesOf(pending, position, typed, names);
  if (typed.startsWith("-") && !separated) {
    const equals = typed.indexOf("=");
    if (equals < 0) return flags(command, values);
    const option = findOption(command, typed.slice(0, equals));
    const offer = option && takesValue(option) ? valuesOf(option, position, typed.slice(equals + 1), names) : [];
    if (typeof offer === "string") return offer;
    return offer.map(({ word, ...rest }) => ({ ...rest, word: typed.slice(0, equals + 1) + word }));
  }
  if (command.commands.length > 0 && operands.length === 0) return subcommands(command);
  const offer = argumentsOf(position, typed, names);
  return typeof offer === "string" ? offer : offer.filter(({ word }) => !operands.includes(word));
}

function flags(command: Command, given: Position["values"]): readonly Candidate[] {
  return optionsOf(command)
    .filter((option) => Array.isArray(option.defaultValue) || !given.has(nameOf(option)))
    .flatMap(({ long, description }) => (long === undefined ? [] : [{ word: long, description }]));
}

function subcommands(command: Command): readonly Candidate[] {
  return commandsOf(command).map((sub) => ({ word: sub.name(), description: sub.description() }));
}

function argumentsOf(position: Position, typed: string, names: Names): Offer {
  const { command, operands } = position;
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[operands.length] ?? (last?.variadic ? last : undefined);
  if (argument === undefined) return [];
  if (command.name() === "help") return subcommands(positionAfter(rootOf(command), operands).command);
  return argument.argChoices?.map((word) => ({ word })) ?? named(argument.name(), position, typed, names);
}

function valuesOf(option: Option, position: Position, typed: string, names: Names): Offer {
  const words = option.argChoices ?? WORDS[nameOf(option)];
  if (words) return words.map((word) => ({ word }));
  if (nameOf(option) === "--explain") return RULE_IDS.map((word) => ({ word }));
  return named(/[<[]([^<>[\].]*)(?:\.\.\.)?[>\]]/.exec(option.flags)?.[1] ?? "", position, typed, names);
}

/** By placeholder name, as the help shows it. */
function named(placeholder: string, { command, operands }: Position, typed: string, names: Names): Offer {
  const [environment] = operands;
  switch (placeholder) {
    case "environment":
    case "revision-or-environment":
      return names.environments();
    case "application":
      return names.applications(environment);
    case "app[/key]":
      return names.secrets(environment, { typed, keyNeeded: false });
    case "app/key":
      return names.secrets(environment, {
        typed,
        keyNeeded: true,
        ...(command.name() === "rotate" ? { kind: "generate" } : command.name() === "set" ? { kind: "static" } : {}),
      });
    case "file":
      return "files";
    case "dir":
    case "directory":
      return "directories";
    default:
      return [];
  }
}
