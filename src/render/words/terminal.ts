import type { TERMINAL } from "../../model/diagnostics/terminal.js";
import { fileReason } from "../file-reason.js";
import type { Words } from "./words.js";

export const TERMINAL_WORDS: Words<typeof TERMINAL> = {
  "credential-incomplete": {
    summary: ({ details: { credential, shortened } }) =>
      `The new ${credential}${shortened ? ", of a shortened lifetime," : ""} was made, but not everything after that could be done`,
    hint: "Run it again once Vault can be reached, which makes a new one and ends all others; or end them one by one.",
  },
  "json-needs-yes": {
    summary: "--json cannot ask before it writes",
    hint: "Give --yes, or look with --dry-run.",
  },
  "not-confirmed": { summary: "Not confirmed: nothing was written", hint: "Answer yes, or give --yes." },
  "output-moved": {
    summary: ({ details: { reason, what } }) =>
      `standard output cannot be written (${reason}). ${what === "written" ? "Written to Vault was" : "The answer is"}:`,
  },
  "stdin-not-utf8": {
    summary: "Standard input is not UTF-8",
    hint: "Vault keeps text only: give the value in UTF-8, or encoded, as with base64.",
  },
  "stdin-unreadable": {
    summary: ({ details: { reason } }) => `Standard input cannot be read (${fileReason(reason)})`,
  },
  "stdout-unwritable": {
    summary: ({ details: { reason } }) => `standard output cannot be written (${reason})`,
  },
};
