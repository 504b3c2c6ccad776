import type { AnyDiagnostic } from "./diagnostic.js";
import type { Held } from "./plan.js";
import type { SecretRef } from "./secret.js";

/** How much of a run can be undone. */
export interface Undo {
  /** The environment's name. */
  readonly environment: string;
  /** The id to pass to `phalanx secrets restore ENV --run ID`. Undefined if nothing can be undone that way. */
  readonly run: string | undefined;
  /** Ids of the interrupted runs that this one continued, newest first. Undo them after this one. */
  readonly earlier?: readonly string[];
  /** Generated secrets that the run gave a value because theirs was gone, and that an undo makes missing again. */
  readonly regenerated?: readonly (SecretRef & Held)[];
  /** Applications whose previous version Vault no longer has. */
  readonly gone: readonly string[];
  /** Applications to which another run wrote the same values at the same time. They are undone with that run. */
  readonly shared: readonly { readonly application: string; readonly run: string }[];
  /**
   * Applications written without a record in Vault, each with its previous version, if any. To restore one:
   * `phalanx secrets restore ENV --kv-version VERSION APP`.
   */
  readonly unnoted: readonly { readonly application: string; readonly version: number | undefined }[];
  /** Applications whose record has not reached the standby node yet. Undoing the run right now would miss them. */
  readonly unsettled: readonly string[];
  /** Why the first of `unnoted` could not be recorded. */
  readonly reason: AnyDiagnostic | undefined;
}
