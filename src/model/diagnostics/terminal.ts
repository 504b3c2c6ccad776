import { error } from "../diagnostic.js";

/** What there is to say of how the program is run. */
export const TERMINAL = {
  "json-needs-yes": error(),
} as const;
