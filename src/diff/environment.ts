import type { EnvironmentDiff } from "../model/configuration-diff.js";
import { vaultPrefix } from "../model/environment.js";
import { refId } from "../model/secret.js";
import { diffSecrets } from "./secrets.js";
import { diffSettings } from "./settings.js";
import { findRenames } from "./renames.js";
import { type DiffSide, isBroken, type SideNames, type SideReading, unreadableSides } from "./side.js";
import { findStops } from "./stops.js";

const NOTHING = { secrets: [], renames: [], prefix: undefined, stops: [], repaired: [] } as const;

/** What differs between the two sides of one environment. */
export function diffEnvironment(
  environment: string,
  before: SideReading,
  after: SideReading,
  names: SideNames,
): EnvironmentDiff {
  const unreadable = unreadableSides(names, before?.problems, after?.problems);
  const settings = diffSettings(before, after);
  const existed = before !== undefined;
  if (isBroken(before) || isBroken(after)) {
    return { environment, status: "unknown", existed, unreadable, settings, ...NOTHING };
  }
  const held = before?.environment;
  const [old, now] = [findStops(held, held), findStops(after?.environment, held)];
  const [oldIds, nowIds] = [new Set(old.map(refId)), new Set(now.map(refId))];
  const secrets = diffSecrets(before, after, nowIds);
  const stops = now.filter((ref) => !oldIds.has(refId(ref)));
  const repaired = after ? old.filter((ref) => !nowIds.has(refId(ref))) : [];
  const nothing = settings.length + secrets.length + stops.length + repaired.length === 0;
  const status = before === undefined ? "added" : after === undefined ? "removed" : nothing ? "same" : "changed";
  return {
    environment,
    status,
    existed,
    unreadable,
    settings,
    secrets,
    renames: before && after ? findRenames(secrets, before, after) : [],
    prefix: settings.some(({ setting }) => setting.startsWith("vault")) ? undefined : prefixOf(after),
    stops,
    repaired: repaired.map(({ application, key }) => ({ application, key })),
  };
}

function prefixOf(side: DiffSide | undefined): string | undefined {
  return side && vaultPrefix(side.environment.vault);
}
