import { error, type NoDetails, warning } from "../diagnostic.js";

/** A name that was given, by which command or option, and what it may be a slip of. */
export interface Named {
  readonly by: string;
  readonly name: string;
  readonly meant?: string | undefined;
}

/** A name of what is not required. */
export interface NotRequired extends Named {
  /** The command that deletes it, where Vault holds it all the same. */
  readonly deletion?: string;
}

type Kept = Omit<Named, "by">;

/** What there is to say of which environment and which secrets a command is about. */
export const TARGET = {
  "application-disabled": error<NotRequired, "environment" | "application">(),
  "application-unknown": error<NotRequired, "environment" | "application">(),
  "delete-class-unknown": error<{ readonly given: string; readonly class: string }>(),
  "deletion-of-required": warning<NoDetails, "environment" | "application" | "key">(),
  "deletion-siblings-unreadable": error<{ readonly environments: readonly string[] }>(),
  /** Given to `--keep`, where it protects nothing. */
  "kept-application-unknown": error<Kept, "environment" | "application">(),
  "kept-names-unknown": error<{ readonly count: number }>(),
  "kept-secret-unknown": error<Kept, "environment" | "application" | "key">(),
  "revision-is-environment": warning<{ readonly word: string }>(),
  "revisions-too-many": error<{ readonly count: number }>(),
  /** Of a command that takes applications and their keys alone. */
  "pull-secret-named": error<NotRequired, "environment" | "application">(),
  "secret-unknown": error<NotRequired, "environment" | "application">(),
  /** Given to `--exclude` of what deletes, where it protects nothing. */
  "excluded-name-unknown": error<Named, "environment">(),
  "names-unknown": error<NoDetails, "environment">(),
  /** Given to `--exclude`, where it protects nothing. */
  "spared-application-unknown": warning<Named, "environment">(),
  "unknown-maybe-of-sibling": warning<{ readonly environments: readonly string[] }>(),
  "vault-address-credentials": error(),
  "vault-token-unset": error(),
} as const;
