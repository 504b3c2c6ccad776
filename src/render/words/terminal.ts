import type { TERMINAL } from "../../model/diagnostics/terminal.js";
import type { Words } from "./words.js";

export const TERMINAL_WORDS: Words<typeof TERMINAL> = {
  "json-needs-yes": {
    summary: "--json cannot ask before it writes",
    hint: "Give --yes, or look with --dry-run.",
  },
};
