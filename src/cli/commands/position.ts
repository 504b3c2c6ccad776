import type { Command, Option } from "commander";
import { optionsOf } from "./command.js";

/** What is to be completed: the words before the cursor, read as the program would read them. */
export interface Position {
  readonly command: Command;
  /** Arguments of the command, so far. */
  readonly operands: readonly string[];
  /** Values of options, so far, by the option's long name. */
  readonly values: ReadonlyMap<string, string>;
  /** The option whose value stands at the cursor. */
  readonly pending: Option | undefined;
  /** Whether everything from here on is an argument. */
  readonly separated: boolean;
}

/** Reads the words between the program's name and the cursor. Never fails: what is unknown is passed over. */
export function positionAfter(program: Command, words: readonly string[]): Position {
  let command = program;
  let pending: Option | undefined;
  let separated = false;
  const operands: string[] = [];
  const values = new Map<string, string>();
  for (const word of words) {
    if (pending && !(pending.optional && word.startsWith("-"))) {
      values.set(nameOf(pending), word);
      if (!pending.variadic) pending = undefined;
      continue;
    }
    pending = undefined;
    if (separated) operands.push(word);
    else if (word === "--") separated = true;
    else if (word.startsWith("-") && word !== "-") {
      const equals = word.startsWith("--") ? word.indexOf("=") : -1;
      const option = findOption(command, equals < 0 ? word : word.slice(0, equals));
      if (option === undefined) continue;
      if (equals >= 0) values.set(nameOf(option), word.slice(equals + 1));
      else if (takesValue(option)) pending = option;
      else values.set(nameOf(option), "");
    } else {
      const sub = operands.length === 0 ? command.commands.find((candidate) => candidate.name() === word) : undefined;
      if (sub) command = sub;
      else operands.push(word);
    }
  }
  return { command, operands, values, pending, separated };
}

export function findOption(command: Command, flag: string): Option | undefined {
  return optionsOf(command).find(({ long, short }) => flag === long || flag === short);
}

export function nameOf({ long, short, flags }: Option): string {
  return long ?? short ?? flags;
}

export function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}
