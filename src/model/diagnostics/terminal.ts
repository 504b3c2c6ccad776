import { error } from "../diagnostic.js";

/** What there is to say of the terminal and its streams. */
export const TERMINAL = {
  /** `shortened`: the server gave it less time than was asked for. */
  "credential-incomplete": error<{ readonly credential: "token" | "SecretID"; readonly shortened?: boolean }>(),
  "not-confirmed": error(),
  "stdin-not-utf8": error(),
  "stdin-unreadable": error<{ readonly reason: string }>(),
  "stdout-unwritable": error<{ readonly reason: string }>(),
} as const;
