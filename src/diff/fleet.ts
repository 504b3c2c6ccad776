import type { AddressChange, FleetDiff } from "../model/configuration-diff.js";
import type { AnyDiagnostic, Place } from "../model/diagnostic.js";
import { compareCodePoints } from "../model/code-points.js";
import { type SideNames, unreadableSides } from "./side.js";

/** What a file says about access to the environments, setting by setting. */
export interface FleetSide {
  readonly problems: readonly AnyDiagnostic[];
  readonly settings: ReadonlyMap<string, FleetSetting>;
}

export interface FleetSetting {
  /** Only compared: it may hold something that does not belong there. */
  readonly value: string;
  /** Null: must not be shown. */
  readonly shown: string | null;
  readonly at: Place;
}

/** Compares two sides of such a file. */
export function diffFleet(of: string, before: FleetSide, after: FleetSide, names: SideNames): FleetDiff {
  const unreadable = unreadableSides(names, before.problems, after.problems);
  if (unreadable.length > 0) return { of, unreadable, changes: [] };
  const settings = [...new Set([...before.settings.keys(), ...after.settings.keys()])].sort(compareCodePoints);
  const changes = settings.flatMap((setting): AddressChange[] => {
    const [was, is] = [before.settings.get(setting), after.settings.get(setting)];
    const at = (is ?? was)?.at;
    if (was?.value === is?.value || at === undefined) return [];
    return [{ of, setting, before: was?.shown, after: is?.shown, at }];
  });
  return { of, unreadable, changes };
}
