import { error, type NoDetails, warning } from "../diagnostic.js";

/** A name that was given, by which command or option, and what it may be a slip of. */
export interface Named {
  readonly by: string;
  readonly name: string;
  readonly meant?: string | undefined;
}

/** What there is to say of which environment and which secrets a command is about. */
export const TARGET = {
  "application-disabled": error<Named, "environment" | "application">(),
  "application-unknown": error<Named, "environment" | "application">(),
  "delete-class-unknown": error<{ readonly given: string; readonly class: string }>(),
  "deletion-siblings-unreadable": error<{ readonly environments: readonly string[] }>(),
  "revision-is-environment": warning<{ readonly word: string }>(),
  "revisions-too-many": error<{ readonly count: number }>(),
  "secret-unknown": error<Named, "environment" | "application">(),
  "names-unknown": error<NoDetails, "environment">(),
  /** Given to `--exclude` or `--keep`, where it protects nothing. */
  "spared-application-unknown": warning<Named, "environment">(),
  "unknown-maybe-of-sibling": warning<{ readonly environments: readonly string[] }>(),
  "vault-address-credentials": error(),
  "vault-token-unset": error(),
} as const;
