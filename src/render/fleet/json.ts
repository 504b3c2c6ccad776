import type { FleetReport } from "../../model/fleet-report.js";
import { jsonPieces } from "../json.js";

/** The report for programs; `phalanx fleet schema` describes it. */
export function renderFleetJson(report: FleetReport): Iterable<string> {
  return jsonPieces(report);
}
