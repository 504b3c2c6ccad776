import { error } from "../diagnostic.js";
import type { Secret } from "../secret.js";

/** Diagnostics of the library. */
export const LIBRARY = {
  "excluded-application-unknown": error<object, "environment" | "application">(),
  "identity-option-unreadable": error<{ readonly file: string; readonly reason: string }>(),
  "secret-not-rotatable": error<
    /** Undefined: the environment does not require it. */
    { readonly kind: Secret["kind"] | undefined },
    "environment" | "application" | "key"
  >(),
  "static-secrets-locked": error<{ readonly file: string; readonly option: "identityFile" | "passphrase" }>(),
} as const;
