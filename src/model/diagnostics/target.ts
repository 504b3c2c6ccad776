import { type AnyDiagnostic, error, type NoDetails, warning } from "../diagnostic.js";

/** A given name, the command or option it was given to, and what it may be a typo of. */
export interface Named {
  readonly by: string;
  readonly name: string;
  readonly meant?: string | undefined;
}

/** The name of something that is not required. */
export interface NotRequired extends Named {
  /** The command that deletes it, if Vault holds it anyway. */
  readonly deletion?: string;
  /** Why Vault was not asked whether it holds it. */
  readonly notAsked?: AnyDiagnostic;
}

type Kept = Omit<Named, "by">;

/** Diagnostics about the environment and the secrets that a command is for. */
export const TARGET = {
  "application-disabled": error<NotRequired, "environment" | "application">(),
  "application-unknown": error<NotRequired, "environment" | "application">(),
  "delete-class-unknown": error<{ readonly given: string; readonly class: string }>(),
  "deletion-of-required": warning<NoDetails, "environment" | "application" | "key">(),
  "deletion-siblings-unreadable": error<{ readonly environments: readonly string[] }>(),
  /** A name for `--keep` that protects nothing. */
  "kept-application-unknown": error<Kept, "environment" | "application">(),
  "kept-names-unknown": error<{ readonly count: number }>(),
  "kept-secret-unknown": error<Kept, "environment" | "application" | "key">(),
  "revision-is-environment": warning<{ readonly word: string }>(),
  "revisions-too-many": error<{ readonly count: number }>(),
  /** Of a command that takes applications and their keys alone. */
  "pull-secret-named": error<NotRequired, "environment" | "application">(),
  "secret-unknown": error<NotRequired, "environment" | "application">(),
  /** Something other than one name of an application, given to `--exclude`. */
  "excluded-name-invalid": error<{ readonly name: string }>(),
  /** Given to `--exclude` of what deletes, where it protects nothing. */
  "excluded-name-unknown": error<Named, "environment">(),
  "names-unknown": error<NoDetails, "environment">(),
  /** A name for `--exclude` that protects nothing. */
  "spared-application-unknown": warning<Named, "environment">(),
  "unknown-maybe-of-sibling": warning<{ readonly environments: readonly string[] }>(),
  "vault-address-credentials": error(),
  "vault-token-unset": error(),
} as const;
