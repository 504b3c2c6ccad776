import type { VAULT } from "../../model/diagnostics/vault.js";
import { PATH_HINT } from "../names.js";
import type { Words } from "./words.js";

export const VAULT_WORDS: Words<typeof VAULT> = {
  "policy-prefix-not-literal": {
    summary: ({ details: { prefix } }) => `A policy for ${prefix} would also hold for other paths`,
    hint: PATH_HINT,
  },
};
