import type { TERMINAL } from "../../model/diagnostics/terminal.js";
import { commandLine } from "../../model/shell.js";
import { fileReason } from "../file-reason.js";
import type { Words } from "./words.js";

export const TERMINAL_WORDS: Words<typeof TERMINAL> = {
  "credential-incomplete": {
    summary: ({ details: { credential, shortened } }) =>
      `The new ${credential}${shortened ? ", with a shortened lifetime," : ""} was created, but a later step failed`,
    hint: "Run the command again once Vault can be reached: it creates a new one and revokes all others. Or revoke them one by one.",
  },
  "not-confirmed": {
    summary: "Not confirmed: nothing was written",
    hint: ({ details: { name, always } }) => {
      if (name !== undefined) return `Type ${name}, or give --allow-mass-change.`;
      return always ? "Answer yes: --purge always asks." : "Answer yes, or give --yes.";
    },
  },
  "output-moved": {
    summary: ({ details: { reason, what } }) =>
      `standard output cannot be written (${reason}). ${what === "written" ? "This was written to Vault" : "The output is"}:`,
  },
  "prompt-not-utf8": {
    summary: "The input is not UTF-8: nothing was written",
    hint: "Set the terminal to UTF-8. Encode binary values, for example with base64.",
  },
  "prompt-several-lines": {
    summary: "Several lines were pasted, but only one is expected: nothing was written",
    hint: ({ details: { command } }) =>
      command === undefined
        ? "Answer with one line."
        : `Give a value of several lines on standard input: ${commandLine("phalanx", ...command)} < FILE`,
  },
  "stdin-not-utf8": {
    summary: ({ details: { encoding } }) =>
      `Standard input is ${encoding === undefined ? "not UTF-8" : `${encoding}, not UTF-8`}`,
    hint: ({ details: { encoding } }) =>
      `Vault keeps text only. ${encoding === undefined ? "Give the value in UTF-8, or encode it, for example with base64." : `Give it in UTF-8: iconv -f ${encoding} -t UTF-8 FILE | phalanx secrets set ENV APP/KEY`}`,
  },
  "stdin-unreadable": {
    summary: ({ details: { reason } }) => `Standard input cannot be read (${fileReason(reason)})`,
  },
  "stdout-unwritable": {
    summary: ({ details: { reason } }) => `standard output cannot be written (${reason})`,
  },
};
