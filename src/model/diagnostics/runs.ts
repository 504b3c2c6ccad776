import type { LostReason } from "../history.js";
import type { SecretRef } from "../secret.js";
import { type AnyDiagnostic, error, note, warning } from "../diagnostic.js";
import type { TypedCommand } from "./operations.js";
import { PLANS } from "./plans.js";

/** Where a run writes. */
export interface PlaceInVault {
  readonly url: string;
  readonly namespace?: string | undefined;
  readonly mount: string;
  readonly path: string;
}

/** The command of a run that can be interrupted and resumed. */
export interface Resumable {
  readonly command: "rotate" | "sync --regenerate";
}

/** The options of a command that the next one needs too. */
export interface KeptOptions {
  /** What allows a mass change; for a sync, only if it deletes. */
  readonly mass: readonly string[];
  readonly access: readonly string[];
  /** For commands that read static secrets. */
  readonly sources: readonly string[];
}

/** An interrupted run, and the options of the command that reports it. */
export interface PendingDetails extends Resumable, KeptOptions {
  readonly created: string;
  readonly run: string;
  /** Whether undoing it may be a mass change. */
  readonly mayBeMass: boolean;
}

export interface NamedFile {
  readonly file: string;
}
export interface UnreadableFile extends NamedFile {
  /** The system's error code. */
  readonly reason: string;
}

/** Diagnostics of a run at a terminal: plans, pending runs, restore. */
export const RUNS = {
  ...PLANS,
  "deletion-spares": note<{ readonly secrets: readonly string[] }, "environment">(),
  "derived-value-stale": warning<object, "environment" | "application" | "key">(),
  "history-missing": error<{ readonly meant?: string | undefined }, "environment" | "application">(),
  "history-without-key": error<{ readonly meant: string | undefined }, "environment" | "application" | "key">(),
  "input-mark-removed": note(),
  "input-newline-removed": note(),
  "next-sync-unknown": warning<{ readonly cause: AnyDiagnostic }>(),
  "other-mount-unknown": warning<{ readonly cause: AnyDiagnostic }>(),
  "pending-file-damaged": error<NamedFile, "environment">(),
  "pending-file-unreadable": error<UnreadableFile>(),
  "pending-run-elsewhere": error<
    Resumable &
      NamedFile & {
        readonly created: string;
        readonly run: string;
        readonly there: PlaceInVault;
        readonly here: PlaceInVault;
      },
    "environment"
  >(),
  "pending-run-exists": error<PendingDetails, "environment">(),
  "pending-run-missing": error<Resumable, "environment">(),
  "pending-run-of-others": error<{ readonly given: string; readonly secrets: readonly string[] }>(),
  "pending-run-unproven": error<Resumable & NamedFile, "environment">(),
  "pending-secrets-changed": warning<{ readonly secrets: readonly string[] }, "environment" | "application">(),
  "pending-write-unnoted": warning<{ readonly version: number }, "environment" | "application">(),
  "pull-secret-changed": error(),
  "pull-secret-hosts": error<object, "environment">(),
  "pull-secret-unknown-form": error<object, "environment">(),
  /** `prefix`: the path of the environment, with the mount. */
  "purge-keeps-versions": warning<
    { readonly secrets: readonly string[]; readonly applications: readonly string[]; readonly prefix: string },
    "environment"
  >(),
  "purge-unattended": error<{ readonly unseen: boolean }>(),
  "registry-credentials-malformed": error<TypedCommand>(),
  "registry-password-empty": error(),
  "registry-user-empty": error(),
  "restore-changes-nothing": note(),
  /** `command`: as typed, if `--partial` would restore anything. */
  "restore-incomplete": error<TypedCommand, "environment">(),
  "restore-keeps-change": warning<
    { readonly version: number | undefined; readonly isGone: boolean },
    "environment" | "application" | "key"
  >(),
  /**
   * `secrets`: those that are copied or made from an application restored as a whole, and that still have another value;
   * or restored copies. `sources`: the sources of these that are not restored. `run`: undoing it restores them.
   */
  "restore-leaves-followers": warning<
    { readonly secrets: readonly string[]; readonly sources?: readonly string[]; readonly run?: string | undefined },
    "environment"
  >(),
  /** `prefix`: of the environment in Vault. */
  "restore-lost": error<{ readonly reason: LostReason; readonly prefix: string }, "environment" | "application">(),
  "restore-point-unclear": error<object, "environment">(),
  "restore-read-interrupted": warning<{ readonly version: number }, "application">(),
  "restore-run-unknown": error<{ readonly run: string }, "environment">(),
  /** `earliest`: RFC 3339. */
  "restore-time-before-history": error<{ readonly earliest: string }, "environment">(),
  "restore-time-in-future": error<{ readonly given: string }>(),
  "restore-time-uncertain": note(),
  /** `until`: RFC 3339, when the run wrote last. */
  "restore-time-within-run": warning<{ readonly run: string; readonly until: string }>(),
  /** What a restore leaves soft-deleted, so that a sync would lose its values. */
  "restore-stops-sync": warning<{ readonly applications: readonly string[] }>(),
  /** `files`: the static secrets files, if any of these comes from there. */
  "restore-undone-by-sync": warning<{
    readonly secrets: readonly string[];
    readonly files: readonly string[];
    readonly onepassword: boolean;
    readonly configuration: boolean;
    /** Those of them that the restore removed. */
    readonly removed: readonly string[];
  }>(),
  /** `version`: the last one with a value. */
  "restore-regenerated-by-sync": warning<{ readonly version?: number }, "environment" | "application" | "key">(),
  "restore-without-source": warning<
    { readonly source: SecretRef; readonly version?: number },
    "environment" | "application" | "key"
  >(),
  "restore-version-of-what": error(),
  "restore-without": warning<{ readonly reason: LostReason }, "application">(),
  /** The same as `pending-run-exists`, for commands that it does not stop. */
  "run-interrupted": warning<PendingDetails, "environment">(),
  "run-interrupted-unknown": warning<{ readonly cause: AnyDiagnostic }, "environment">(),
  /** `resumable`: whether `--resume` can continue it, which is reported separately. */
  /** `again`: the command that makes the other changes, where it is not the one that was typed. */
  "run-stopped-early": warning<{ readonly resumable: boolean; readonly again?: readonly string[] | undefined }>(),
  "state-directory-unusable": error<{ readonly directory: string; readonly reason: string }>(),
  "value-empty": error(),
} as const;
