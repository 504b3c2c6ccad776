import { error, warning } from "../diagnostic.js";

/** What has no code of its own yet. */
export const UNTYPED = {
  "untyped-error": error<{ readonly message: string; readonly hint?: string | undefined }>(),
  "untyped-warning": warning<{ readonly message: string; readonly hint?: string | undefined }>(),
} as const;
