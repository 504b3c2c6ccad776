import { error } from "../diagnostic.js";
import type { NoteFault } from "../run-note.js";

/** What there is to say of what is kept about runs: notes in Vault, and the audit log. */
export const RECORDS = {
  /** `from`: an option, or the variable of the environment that names who runs the program. */
  "note-text-refused": error<{ readonly from: string; readonly fault: NoteFault; readonly most: number }>(),
} as const;
