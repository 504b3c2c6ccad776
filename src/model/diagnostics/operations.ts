import { type AnyDiagnostic, error, type NoDetails, note, warning } from "../diagnostic.js";
import type { HeldState } from "../plan.js";
import type { SecretRef } from "../secret.js";
import type { MassChange } from "../mass-change.js";
import type { Requirement } from "../vault-credentials.js";

/** A credential that gives an environment access to Vault. */
export type CredentialKind = "SecretID" | "token";

export interface CredentialDetails {
  readonly credential: CredentialKind;
}

/** The arguments of this run; undefined if it is not a command, as in the library. */
export interface TypedCommand {
  readonly command: readonly string[] | undefined;
}

/** Why something could not be done. */
export interface CauseDetails {
  readonly cause: AnyDiagnostic;
}

/** A prefix, and the environments that have written to it without sharing it in Git. */
export interface ForeignDetails {
  readonly prefix: string;
  readonly environments: readonly string[];
  /** The last run that wrote one of their secrets, if its notes still exist. */
  readonly run: string | undefined;
  /** Whether the environment itself has written there, too. */
  readonly isOwn: boolean;
}

/** Why a source in the same application is missing. */
export interface SourceAbsent {
  readonly kind: "source-condition-false" | "source-undeclared";
  readonly source: SecretRef;
}

/** Diagnostics of runs, before and after they write. */
export const OPERATIONS = {
  "application-keeps-changing": error<{ readonly replans: number }, "application">(),
  "application-too-large": error<{ readonly keys: number; readonly url: string }, "application">(),
  "applications-too-large": error(),
  /** `policies`: those that are not of this environment; `environments`: whose they are, as far as Git tells. */
  "approle-not-adopted": error<
    { readonly role: string; readonly policies: readonly string[]; readonly environments: readonly string[] },
    "environment"
  >(),
  "capabilities-missing": error<NoDetails, "environment">(),
  "capability-missing": error<Requirement>(),
  /** `isNew`: whether it is the one just created. */
  "clients-emptied": warning<NoDetails, "application" | "key">(),
  /** `unseen`: there is a person, who would not see a question; `file`: where the values are, unless in Vault. */
  "consent-missing": error<
    { readonly changed: number; readonly unseen: boolean; readonly file?: string } & TypedCommand,
    "environment"
  >(),
  "credential-may-live-on": error<
    CredentialDetails & CauseDetails & { readonly accessor: string; readonly isNew: boolean }
  >(),
  /** `ended`: whether the new one was ended again. */
  "credential-not-delivered": error<CredentialDetails & CauseDetails & { readonly ended: boolean }>(),
  "credential-unknown": error<CredentialDetails & CauseDetails>(),
  /** `path`: what the names of the policies begin with; `environments`: those that have it, too. */
  "credentials-not-adopted": error<
    {
      readonly path: string;
      readonly environments: readonly string[];
      /** What this would take from them. */
      readonly takes: "credentials" | "policy";
    },
    "environment"
  >(),
  "environment-not-adopted": error<ForeignDetails, "environment">(),
  /** Folders under an environment's prefix, with their trailing slashes. */
  "folders-unchecked": warning<{ readonly prefix: string; readonly folders: readonly string[] }>(),
  /**
   * A generated key that somebody else removed, and that a sync would generate again. `now`: what is about to do so
   * without a question. `isReported`: whether its report has the hint.
   */
  "generated-key-gone": warning<
    {
      readonly version: number;
      readonly mayBeOlder?: true;
      readonly state?: HeldState;
      readonly now?: "sync" | "run";
      readonly isReported?: true;
    },
    "environment" | "application" | "key"
  >(),
  "generator-changed": warning<{ readonly generated: string; readonly declared: string }, "application" | "key">(),
  /** A hash or a time, and why its source is missing. */
  "hash-kept-without-source": note<SourceAbsent, "application" | "key">(),
  "hash-older-than-source": warning<{ readonly source: string }, "environment" | "application" | "key">(),
  "history-too-long": error<{ readonly most: number; readonly all: boolean }>(),
  "interrupted-before-writing": error(),
  /** `left`: what was not written, as far as it is known. */
  "interrupted-while-writing": error<{ readonly left: readonly string[] | undefined }>(),
  /** `command`: as typed; `kept`: the command that makes a saved plan again. */
  "mass-change": error<MassChange & TypedCommand & { readonly kept: string | undefined }, "environment">(),
  "new-token-untested": error<CauseDetails>(),
  "key-refused-by-kubernetes": warning<NoDetails, "application" | "key">(),
  /** `what`: what they have in common, and what is being looked at or is about to change. */
  "prefix-in-common": warning<
    { readonly environments: readonly string[]; readonly what: "changes" | "credentials" | "secrets" },
    "environment"
  >(),
  "secret-beyond-kubernetes": warning<{ readonly bytes: number }, "application">(),
  "notes-of-other-environment": error<ForeignDetails>(),
  "other-mount-holds-data": warning<{ readonly mount: string; readonly path: string }>(),
  "parent-expiry-unknown": error<CauseDetails>(),
  "plan-exceeds-approval": error<{ readonly changes: readonly string[] }>(),
  "plan-stopped-meanwhile": error(),
  "prefix-of-other-environment": warning<ForeignDetails, "environment">(),
  "recovered-version-readable": warning<{ readonly version: number }, "application">(),
  /** Each with its current version; `begun`: whether the run has written something. */
  "secret-changed-meanwhile": error<
    {
      readonly secrets: readonly { readonly name: string; readonly version: number }[];
      readonly begun: boolean;
    },
    "environment"
  >(),
  "second-credential-unknown": error<CredentialDetails & CauseDetails>(),
  "token-expiry-unknown": warning(),
  "mount-deletes-versions": warning<{ readonly mount: string; readonly after: string }>(),
  "mount-keeps-one-version": warning<{ readonly mount: string }>(),
  /** Latest versions that Vault will delete by itself; `time`: RFC 3339. */
  "version-will-disappear": warning<{
    readonly mount: string;
    /** The path of the environment, with the mount. */
    readonly prefix: string;
    readonly versions: readonly { readonly application: string; readonly version: number; readonly time: string }[];
  }>(),
  "vault-changed-meanwhile": error<{ readonly applications: readonly string[] }>(),
  "prefix-adopted": note<
    { readonly prefix: string; readonly applications: readonly string[]; readonly former: readonly string[] },
    "environment"
  >(),
  /** `keepsGenerated`: whether they hold generated values, which a sync keeps, no matter who wrote them. */
  "written-by-other-program": warning<
    {
      readonly versions: readonly { readonly application: string; readonly version: number }[];
      readonly keepsGenerated: boolean;
    },
    "environment"
  >(),
  "writes-failed": error<{ readonly count: number }>(),
} as const;
