import { error, note } from "../diagnostic.js";
import type { MissingInOnepassword } from "../onepassword.js";

/** A file named by the user, and why it cannot be read. */
export interface Unreadable {
  readonly file: string;
  /** A FileFault, or the system's code. */
  readonly reason: string;
}

/** Diagnostics of the fleet audit. */
export const FLEET = {
  "connect-token-file-unreadable": error<Unreadable>(),
  "fingerprint-key-short": error<{ readonly variable: string; readonly least: number }>(),
  "fleet-config-unreadable": error<Unreadable>(),
  "fleet-credentials-missing": error<{ readonly variables: readonly string[] }, "environment">(),
  "fleet-secrets-not-regular": error<{ readonly config: string }>(),
  "json-file-is-environment": error<object, "environment">(),
  "onepassword-not-asked": note<{ readonly variable: string }, "environment">(),
  "onepassword-not-compared": note<{ readonly missing: readonly MissingInOnepassword[] }, "environment">(),
  "parallel-invalid": error<{ readonly given: string }>(),
  "rollout-answer-damaged": error<{ readonly field?: string }>(),
  "rollout-answer-empty": error(),
  "rollout-answer-of-other-environment": error<{ readonly known: readonly string[] }, "environment">(),
  /** `command`: the command that printed it, if any. */
  "rollout-answer-other": error<{ readonly command?: string }>(),
  /** `file`: the newer one, which is used. */
  "rollout-answer-outdated": note<{ readonly file: string }, "environment">(),
  /** It was limited to some names, or to what one run has written. */
  "rollout-answer-scoped": error(),
  "rollout-answer-unreadable": error<Unreadable>(),
  "shard-damaged": error<{ readonly field?: string }>(),
  "shard-differs": error<{ readonly in: "commit" | "maxAgeSeconds"; readonly from: string }>(),
  "shard-format-unknown": error<{ readonly known: number }>(),
  "shard-invalid": error<{ readonly given: string }>(),
  "shard-not-report": error(),
  "shard-of-other-count": error<{ readonly of: number; readonly other: string; readonly otherOf: number }>(),
  "shard-of-other-version": error<{ readonly version: string; readonly own: string }>(),
  "shard-repeated": error<{ readonly files: readonly [string, string]; readonly index: number; readonly of: number }>(),
  "shard-unreadable": error<Unreadable>(),
  "shard-whole": error(),
  "shards-missing": error<{ readonly missing: readonly number[]; readonly of: number }>(),
  "shards-none": error(),
  "shards-of-other-environments": error(),
  "token-variable-of-file": error<{ readonly variable: string }, "environment">(),
  "token-variable-shared": error<{ readonly variable: string; readonly other: string }, "environment">(),
} as const;
