import { error, note } from "../diagnostic.js";
import type { VersionWriter } from "../provenance.js";
import type { NoteFault, RunNote } from "../run-note.js";

/** Diagnostics about the records of runs: notes in Vault, and the audit log. */
export const RECORDS = {
  "audit-log-unusable": error<{ readonly file: string; readonly reason: string }>(),
  "audit-log-unwritten": error<{ readonly file: string; readonly reason: string }, "environment">(),
  /** `from`: an option, or the environment variable that names the user. */
  "note-text-refused": error<{ readonly from: string; readonly fault: NoteFault; readonly most: number }>(),
  /** How an option's time was interpreted; `time`: RFC 3339. `zoned`: it needed no zone. */
  "moment-read": note<{
    readonly option: string;
    readonly given: string;
    readonly time: string;
    readonly zoned: boolean;
  }>(),
  /** Which run is the last one; `time`: RFC 3339, when it started to write. */
  "restore-last-run": note<{ readonly time: string; readonly writer: VersionWriter & RunNote }>(),
  /** What other programs, or other environments, have written since an environment's last run. */
  "restore-last-others": note<{
    readonly versions: readonly {
      readonly application: string;
      readonly version: number;
      readonly kind: "write" | "delete" | "undelete";
      readonly environment: string | undefined;
    }[];
  }>(),
  "restore-run-of-other-environment": error<{ readonly run: string; readonly other: string }, "environment">(),
  "restore-without-history": error<object, "environment">(),
  "restore-without-run": error<object, "environment">(),
} as const;
