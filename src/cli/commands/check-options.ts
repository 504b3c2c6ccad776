import type { Command, Option } from "commander";
import { PhalanxError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { COMMON_PAIRS, OPTION_PAIRS } from "./option-pairs.js";
import { wordsOf } from "./command.js";

/** @throws PhalanxError for options that mean nothing together. */
export function checkOptions(command: Command): void {
  const given = (name: string): boolean => isGiven(command, name);
  for (const pair of [...COMMON_PAIRS, ...(OPTION_PAIRS[wordsOf(command)] ?? [])]) {
    const { option } = pair;
    if (!given(option)) continue;
    if ("needs" in pair) {
      if (!pair.needs.some(given))
        throw new PhalanxError(diagnostic("option-companion-missing", { option, companions: pair.needs }));
      continue;
    }
    const other = pair.excludes.find(given);
    if (other !== undefined) throw new PhalanxError(diagnostic("options-exclusive", { option, other }));
  }
}

/** Whether an option or an argument, as the table writes it, stands on the command line. */
function isGiven(command: Command, name: string): boolean {
  if (!name.startsWith("-")) {
    const at = command.registeredArguments.findIndex((argument) => argument.name() === name);
    const value: unknown = command.processedArgs[at];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  }
  const [flag, wanted] = name.split(" ");
  const option = command.options.find(({ long }) => long === flag);
  if (option === undefined || !isWritten(command, option)) return false;
  const value: unknown = command.getOptionValue(option.attributeName());
  return wanted === undefined || (wanted === "FILE" ? typeof value === "string" : value === wanted);
}

/** By itself, or by another name that stands for it. */
function isWritten(command: Command, option: Option): boolean {
  return ["cli", "implied"].includes(command.getOptionValueSource(option.attributeName()) ?? "");
}
