import type { ObjectName } from "../consumer.js";
import type { MassChange } from "../mass-change.js";
import type { TakenBack } from "../plan.js";
import { error, note, warning } from "../diagnostic.js";
import type { StaticOrigin } from "../static-origin.js";

/** The state of an application in Vault. */
export interface VersionState {
  readonly version: number;
  readonly kind: string;
}

export interface NamedFile {
  readonly file: string;
}
/** A command to paste that makes a plan file again. */
export interface MadeAgain {
  readonly again: string;
}

/** `make`: the command that makes a plan. */
export interface Makes {
  readonly make: string;
}

/** Diagnostics about showing, saving and applying plans. */
export const PLANS = {
  /**
   * `readers`: objects of the charts. `keys`: those that they read, as APP/KEY; undefined if all of the application is
   * deleted. `unasked`: nobody is asked before the deletion.
   */
  "deleted-secret-read": warning<
    {
      readonly readers: readonly ObjectName[];
      readonly keys: readonly string[] | undefined;
      readonly unasked: boolean;
    },
    "application"
  >(),
  "deleted-version-covered": warning<
    { readonly version: number; readonly takenBack?: TakenBack },
    "environment" | "application"
  >(),
  "plan-application-changed": error<
    { readonly planned: VersionState | undefined; readonly found: VersionState | undefined },
    "application"
  >(),
  "plan-changes-differ": error(),
  "plan-configuration-changed": error(),
  "plan-file-changed": error<NamedFile & Makes, "environment">(),
  "plan-file-invalid": error<NamedFile & Makes, "environment">(),
  "plan-file-of-other-environment": error<NamedFile & Makes & { readonly plannedFor: string }, "environment">(),
  "plan-file-of-other-version": error<NamedFile & Makes, "environment">(),
  "plan-file-unreadable": error<
    NamedFile & Makes & { readonly reason: string; readonly meant?: string | undefined },
    "environment"
  >(),
  "plan-item-changed": error<{
    readonly title: string;
    readonly planned: number | undefined;
    readonly found: number | undefined;
  }>(),
  "plan-location-differs": error(),
  /** `needs`: who will ask for `--allow-mass-change`; undefined if nobody will. */
  "plan-mass-change": warning<MassChange & { readonly needs: "plan-file" | "run" | undefined }>(),
  "plan-outdated": error<NamedFile & MadeAgain>(),
  /** `given`: empty if nothing names any. `command`: the command line with the files of the plan. */
  "plan-static-files-differ": error<
    NamedFile & {
      readonly planned: readonly string[];
      readonly given: readonly string[];
      readonly command: string;
    }
  >(),
  "plan-static-source-differs": error<{
    readonly planned: StaticOrigin | "none";
    readonly found: StaticOrigin | "none";
  }>(),
  "plan-values-unchecked": note(),
  "undo-impossible": warning<object, "application">(),
  "undo-pushed-out": warning<
    {
      readonly version: number;
      readonly certain: boolean;
      readonly next: { readonly version: number; readonly createdTime: string };
    },
    "application"
  >(),
  "undo-until": warning<{ readonly time: string }, "application">(),
} as const;
