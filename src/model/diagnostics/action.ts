import { error } from "../diagnostic.js";

/** The setting with a server's address. */
export type AddressSetting = "vaultUrl" | "onepassword.connectUrl";

/** Diagnostics of the GitHub Action. */
export const ACTION = {
  "address-against-pin": error<
    { readonly setting: AddressSetting; readonly address: string; readonly pin: string },
    "environment"
  >(),
  "address-changed": error<
    { readonly setting: AddressSetting; readonly before: string | undefined; readonly after: string | undefined },
    "environment"
  >(),
  "addresses-unreadable": error<object, "environment">(),
  "base-commit-missing": error<{ readonly commit: string }>(),
  "base-not-default-branch": error(),
  "checkout-changed": error(),
  "checkout-in-checkout": error<{ readonly directory: string; readonly top: string }>(),
  "checkout-missing": error<{ readonly directory: string }>(),
  "checkout-of-other-commit": error(),
  "diff-without-base": error(),
  "event-of-base": error<{ readonly event: string }>(),
  "event-unreadable": error<{ readonly file: string }>(),
  "input-command-unknown": error<{ readonly given: string; readonly commands: readonly string[] }>(),
  "input-environment-invalid": error<{ readonly given: string }>(),
  "input-environment-single": error<{ readonly command: "plan" | "sync"; readonly given: number }>(),
  "input-not-boolean": error<{ readonly input: string; readonly given: string }>(),
  "input-plan-missing": error(),
  "link-out-of-checkout": error(),
  "run-not-on-default-branch": error(),
  "runner-variable-missing": error<{ readonly variable: string }>(),
  "sync-on-proposal": error<{ readonly event: string }>(),
} as const;
