import type { FleetReport } from "../../model/fleet-report.js";
import { jsonText } from "../json.js";

/** The report for programs; `phalanx fleet schema` describes it. */
export function renderFleetJson(report: FleetReport): string {
  return jsonText(report);
}
