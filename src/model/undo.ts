import type { AnyDiagnostic } from "./diagnostic.js";

/** How what a run has written can be taken back, as far as Vault still has what was there before. */
export interface Undo {
  readonly environment: string;
  /** The id of the run that takes back what was noted; undefined if nothing was. */
  readonly run: string | undefined;
  /** Runs that this one went on with, the newest first: taken back after it. */
  readonly earlier?: readonly string[];
  /** Applications whose earlier version Vault has not kept. */
  readonly gone: readonly string[];
  /** Applications that another run wrote at the same moment, with the same values, and has noted as its own. */
  readonly shared: readonly { readonly application: string; readonly run: string }[];
  /** Applications whose writes could not be noted, each with the version that was there before, if there was one. */
  readonly unnoted: readonly { readonly application: string; readonly version: number | undefined }[];
  /** Applications whose note a standby has not got from the leader yet: whoever undoes the run now would miss them. */
  readonly unsettled: readonly string[];
  /** Why the first of those that are not noted could not be. */
  readonly reason: AnyDiagnostic | undefined;
}
