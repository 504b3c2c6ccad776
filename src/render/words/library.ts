import type { LIBRARY } from "../../model/diagnostics/library.js";
import { refId } from "../../model/secret.js";
import { unreadableFile } from "../file-reason.js";
import type { Words } from "./words.js";

export const LIBRARY_WORDS: Words<typeof LIBRARY> = {
  "excluded-application-unknown": {
    summary: ({ subject: { environment, application } }) => `exclude: ${environment} has no application ${application}`,
  },
  "identity-option-unreadable": {
    summary: ({ details: { file, reason } }) => unreadableFile(file, reason),
    hint: "Correct the option identityFile.",
  },
  "secret-not-rotatable": {
    summary: ({ details: { kind }, subject }) =>
      `${refId(subject)} cannot be rotated: ${kind === undefined ? `${subject.environment} does not require it` : `its kind is ${kind}`}`,
  },
  "static-secrets-locked": {
    summary: ({ details: { file } }) => `${file} is encrypted, but nothing was given to decrypt it`,
    hint: ({ details: { option } }) => `Give the option ${option}.`,
  },
};
