import type { Expiry, FleetCounts } from "./fleet-report.js";

export const NO_COUNTS: FleetCounts = {
  missing: 0,
  drifted: 0,
  unknown: 0,
  unresolved: 0,
  unsourced: 0,
  tooOld: 0,
  expiring: 0,
  shared: 0,
  samePrefix: 0,
};

/** Whether an expiry is a finding: it has passed, or will soon. */
export function isExpiring(expiry: Expiry | undefined): expiry is Expiry {
  return expiry !== undefined && expiry.state !== "valid";
}

/** All findings of an environment. */
export function totalOf(counts: FleetCounts): number {
  return Object.values(counts).reduce((sum, number) => sum + number, 0);
}
