import type { AnyDiagnostic, Place } from "../model/diagnostic.js";
import type { UnreadableSide } from "../model/configuration-diff.js";
import type { Declaration } from "../model/declaration.js";
import type { Environment, OnepasswordLocation } from "../model/environment.js";

interface SettingsSide {
  /** Where a setting is written. */
  position(path: readonly string[]): Place;
}

/** One environment on one side of a comparison. */
export interface DiffSide extends SettingsSide {
  readonly problems?: never;
  readonly environment: Environment;
  /** The declaration, whether or not it is required; undefined if no file declares it. */
  declaration(application: string, key: string): Declaration | undefined;
}

/** An environment that cannot be read, and where its secrets are as far as its settings tell. */
export interface BrokenSide extends SettingsSide {
  readonly problems: readonly AnyDiagnostic[];
  readonly location: {
    readonly url: string | undefined;
    readonly prefix: { readonly mount: string; readonly path: string } | undefined;
  };
  readonly onepassword: OnepasswordLocation | undefined;
}

/** An environment on one side: readable, broken, or undefined if missing. */
export type SideReading = DiffSide | BrokenSide | undefined;

export function isBroken(reading: SideReading): reading is BrokenSide {
  return reading?.problems !== undefined;
}

/** The two sides, and how an operator would name them. */
export interface SideNames {
  readonly before: string;
  readonly after: string;
}

/** The sides that have problems. */
export function unreadableSides(
  { before, after }: SideNames,
  old: readonly AnyDiagnostic[] = [],
  now: readonly AnyDiagnostic[] = [],
): UnreadableSide[] {
  const sides = [
    { side: before, problems: old },
    { side: after, problems: now },
  ];
  return sides.filter(({ problems }) => problems.length > 0);
}
