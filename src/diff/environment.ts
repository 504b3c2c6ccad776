import type { EnvironmentDiff } from "../model/configuration-diff.js";
import { refId } from "../model/secret.js";
import { diffSecrets } from "./secrets.js";
import { diffSettings } from "./settings.js";
import { isBroken, type SideNames, type SideReading, unreadableSides } from "./side.js";
import { findStops } from "./stops.js";

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
    return { environment, status: "unknown", existed, unreadable, settings, secrets: [], stops: [], repaired: [] };
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
    stops,
    repaired: repaired.map(({ application, key }) => ({ application, key })),
  };
}
