import { error } from "../diagnostic.js";
import type { MissingInOnepassword } from "../onepassword.js";

/** What there is to say of static secrets and where they come from. */
export const SOURCES = {
  "onepassword-items-missing": error<{ readonly missing: readonly MissingInOnepassword[] }, "environment">(),
} as const;
