import type { LintReport } from "../model/lint.js";
import { count } from "./count.js";
import { printable } from "./printable.js";

function notComparedText(uncompared: number): string {
  return uncompared === 0
    ? ""
    : ` ${count(uncompared, "static secret was", "static secrets were")} not compared: no source has a value for ${uncompared === 1 ? "it" : "them"}.`;
}

/** What a person sees instead of an empty report. A script has the exit status. */
export const NOTHING = {
  /** @param notes How many are not shown. */
  lint: ({ environments, ignored }: LintReport, notes: number): string => {
    const of = environments.length === 1 ? printable(environments.join("")) : count(environments.length, "environment");
    const except = ignored.length > 0 ? `, ${ignored.length} ignored` : "";
    const hidden =
      notes > 0
        ? ` ${count(notes, "note is", "notes are")} not shown; --notes shows ${notes === 1 ? "it" : "them"}.`
        : "";
    return `Clean: nothing to correct in ${of}${except}.${hidden}\n`;
  },
  /** @param uncompared How many static secrets have no value in a source. */
  run: (environment: string, excluded: ReadonlySet<string>, uncompared: number): string => {
    const except = excluded.size > 0 ? ` (${[...excluded].map(printable).join(", ")} excluded)` : "";
    return `Nothing to do: nothing that ${printable(environment)} requires is missing or differs from its source${except}.${notComparedText(uncompared)} Generated values are checked only by an audit with --verify.\n`;
  },
  runOfSome: (uncompared: number): string =>
    `Nothing to do: Vault already holds what this would write.${notComparedText(uncompared)}\n`,
  /** Below the restarts for what the interrupted run had written. */
  resumed:
    "Nothing to write: Vault already holds these values. Restart what is listed above, unless you have done so.\n",
  relations: (environment: string): string =>
    `No secret of ${printable(environment)} comes from another one. To show every secret, add --all.\n`,
  secrets: (environment: string): string => `${printable(environment)} requires no secrets.\n`,
} as const;
