import { error } from "../diagnostic.js";

/** What there is to say of the configuration. */
export const CONFIG = {
  "environment-unknown": error<{ readonly known: readonly string[] }, "environment">(),
  "file-binary": error(),
  "file-empty": error(),
  "file-is-directory": error(),
  "file-missing": error(),
  "file-not-regular": error(),
  "file-not-utf8": error(),
  "file-too-large": error(),
  "file-unreadable": error<{ readonly reason: string }>(),
  "link-leads-out": error(),
  "link-loop": error(),
} as const;
