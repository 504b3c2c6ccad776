import * as z from "zod/mini";
import { FleetReport } from "../../model/fleet-report.js";
import { jsonText } from "../json.js";

/** The JSON Schema of the report of a fleet audit. */
export function renderFleetSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(FleetReport, { target: "draft-2020-12" });
  const schema = {
    $schema,
    $id: "https://phalanx.lsst.io/schemas/fleet-report.json",
    title: "Report of phalanx fleet audit",
    ...rest,
  };
  return jsonText(schema);
}
