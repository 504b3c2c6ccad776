import { isExpiring, totalOf } from "../model/fleet-counts.js";
import type { FleetCounts, FleetEnvironment, FleetReport } from "../model/fleet-report.js";

/** Counts the findings of an environment. */
export function countFindings({
  applications,
  token,
  samePrefixAs,
}: Pick<FleetEnvironment, "applications" | "samePrefixAs" | "token">): FleetCounts {
  const secrets = applications.flatMap((application) => application.secrets);
  const inState = (wanted: string): number => secrets.filter(({ state }) => state === wanted).length;
  const expiries = [token, ...secrets.flatMap(({ certificate, disappears }) => [certificate, disappears])];
  return {
    missing: inState("missing"),
    drifted: inState("drifted"),
    unknown: inState("unknown"),
    unresolved: inState("unresolved"),
    unsourced: secrets.filter(({ unsourced }) => unsourced).length,
    tooOld: secrets.filter(({ tooOld }) => tooOld).length,
    expiring: expiries.filter(isExpiring).length,
    shared: secrets.filter(({ sharedWith }) => sharedWith !== undefined).length,
    samePrefix: samePrefixAs === undefined ? 0 : 1,
  };
}

/** What a report amounts to. */
export interface FleetOutcome {
  /** Environments that could not be audited; those without credentials only if they were named explicitly. */
  readonly unaudited: readonly string[];
  readonly findings: boolean;
}

export function outcomeOf({ environments }: FleetReport): FleetOutcome {
  return {
    unaudited: environments.filter(({ state }) => state === "failed").map(({ name }) => name),
    findings: environments.some(({ counts, rollout }) => totalOf(counts) > 0 || rollout?.settled === false),
  };
}
