import type { SOURCES } from "../../model/diagnostics/sources.js";
import { missingName } from "../../model/onepassword.js";
import { commandLine } from "../../model/shell.js";
import type { Words } from "./words.js";

export const SOURCES_WORDS: Words<typeof SOURCES> = {
  "onepassword-items-missing": {
    summary: ({ details: { missing } }) => `Missing 1Password items or fields: ${missing.map(missingName).join(", ")}`,
    hint: ({ subject }) =>
      `${commandLine("phalanx", "secrets", "onepassword-template", subject.environment)} shows what the vault must have; with --create it makes missing items.`,
  },
};
