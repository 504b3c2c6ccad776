import { error } from "../diagnostic.js";

/** What the value of an option has to be. */
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

/** What there is to say of a command line; `command` has the words after the name of the program, none for that itself. */
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
    /** Commands of groups that are called so. */
    readonly elsewhere: readonly string[];
  }>(),
  "option-companion-missing": error<{ readonly option: string; readonly companions: readonly string[] }>(),
  "option-unknown": error<{ readonly command: string; readonly given: string; readonly similar: readonly string[] }>(),
  "option-value-invalid": error<{
    readonly option: string;
    readonly given: string;
    readonly expected: ValueKind;
  }>(),
  "option-value-missing": error<{ readonly command: string; readonly option: string }>(),
  "options-exclusive": error<{ readonly option: string; readonly other: string }>(),
} as const;
