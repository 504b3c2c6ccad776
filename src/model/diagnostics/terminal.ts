import { error } from "../diagnostic.js";
import type { NotUtf8 } from "../text-encoding.js";

/** Diagnostics about the terminal, its streams, and --json. */
export const TERMINAL = {
  /** `shortened`: the server shortened its lifetime. */
  "credential-incomplete": error<{ readonly credential: "token" | "SecretID"; readonly shortened?: boolean }>(),
  /** `name`: what had to be typed, if a yes is not enough. */
  /** `name`: what had to be typed. `always`: whether no option skips the question. */
  "not-confirmed": error<{ readonly name?: string; readonly always?: boolean }>(),
  "output-moved": error<{ readonly reason: string; readonly what: "written" | "answer" }>(),
  "prompt-not-utf8": error(),
  /** `command`: the one that reads the value from standard input; undefined if there is none. */
  "prompt-several-lines": error<{ readonly command?: readonly string[] | undefined }>(),
  "stdin-not-utf8": error<NotUtf8>(),
  "stdin-unreadable": error<{ readonly reason: string }>(),
  "stdout-unwritable": error<{ readonly reason: string }>(),
} as const;
