import { error } from "../diagnostic.js";

/** What an option's value must be. */
export type ValueKind =
  | "count"
  | "duration"
  | "host-and-port"
  | "kubernetes-name"
  | "seconds"
  | "service-account"
  | "time"
  | "url"
  | "version";

/** Diagnostics of the command line; `command` is the words after the program's name, empty for the program itself. */
export const USAGE = {
  "argument-missing": error<{ readonly command: string; readonly argument: string }>(),
  "arguments-excess": error<{ readonly command: string; readonly expected: number; readonly given: number }>(),
  "choice-invalid": error<{
    readonly command: string;
    readonly of: "option" | "argument";
    readonly name: string;
    readonly given: string;
    readonly choices: readonly string[];
  }>(),
  "command-missing": error(),
  "command-unknown": error<{
    readonly command: string;
    readonly given: string;
    readonly similar: readonly string[];
    /** Commands of that name in groups. */
    readonly elsewhere: readonly string[];
  }>(),
  "option-companion-missing": error<{ readonly option: string; readonly companions: readonly string[] }>(),
  "option-unknown": error<{ readonly command: string; readonly given: string; readonly similar: readonly string[] }>(),
  "option-value-invalid": error<{
    readonly option: string;
    readonly given: string;
    readonly expected: ValueKind;
  }>(),
  /** A time with a space in it; `given`: all of its words. */
  "option-value-unquoted": error<{ readonly option: string; readonly given: string }>(),
  "option-value-missing": error<{ readonly command: string; readonly option: string }>(),
  "options-exclusive": error<{ readonly option: string; readonly other: string }>(),
} as const;
