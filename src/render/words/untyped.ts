import type { UNTYPED } from "../../model/diagnostics/untyped.js";
import type { Words } from "./words.js";

export const UNTYPED_WORDS: Words<typeof UNTYPED> = {
  "untyped-error": { summary: ({ details }) => details.message, hint: ({ details }) => details.hint },
  "untyped-warning": { summary: ({ details }) => details.message, hint: ({ details }) => details.hint },
};
