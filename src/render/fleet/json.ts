import type { FleetReport } from "../../model/fleet-report.js";

/** The report for programs; `phalanx fleet schema` describes it. */
export function renderFleetJson(report: FleetReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
