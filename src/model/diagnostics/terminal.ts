import { error } from "../diagnostic.js";
import type { NotUtf8 } from "../text-encoding.js";

/** What there is to say of the terminal, its streams, and --json. */
export const TERMINAL = {
  /** `shortened`: the server gave it less time than was asked for. */
  "credential-incomplete": error<{ readonly credential: "token" | "SecretID"; readonly shortened?: boolean }>(),
  /** `name`: what was to be typed, where a yes is not enough. */
  "not-confirmed": error<{ readonly name?: string }>(),
  "output-moved": error<{ readonly reason: string; readonly what: "written" | "answer" }>(),
  "prompt-not-utf8": error(),
  /** `command`: what takes the value from standard input; undefined where nothing does. */
  "prompt-several-lines": error<{ readonly command?: readonly string[] | undefined }>(),
  "stdin-not-utf8": error<NotUtf8>(),
  "stdin-unreadable": error<{ readonly reason: string }>(),
  "stdout-unwritable": error<{ readonly reason: string }>(),
} as const;
