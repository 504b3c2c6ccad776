import type { RECORDS } from "../../model/diagnostics/records.js";
import type { Words } from "./words.js";

export const RECORDS_WORDS: Words<typeof RECORDS> = {
  "note-text-refused": {
    summary: ({ details: { from, fault, most } }) =>
      fault === "too-long"
        ? `${from} is longer than ${most} characters`
        : `${from} has a line break or another control character`,
    hint: ({ details: { from, fault } }) => {
      if (!from.startsWith("--")) return 'Say who you are with --by TEXT; --by "" leaves it out.';
      return fault === "too-long" ? "It is kept in Vault's metadata: shorten it." : "Write it on one line.";
    },
  },
};
