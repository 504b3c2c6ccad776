import * as z from "zod/mini";
import { AuditLine } from "../model/audit-line.js";
import { jsonText } from "./json.js";

/** The JSON Schema of a line of the audit log. */
export function renderAuditSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(AuditLine, { target: "draft-2020-12", io: "input" });
  return jsonText({
    $schema,
    $id: "https://phalanx.lsst.io/schemas/audit-line.json",
    title: "A line of the audit log of phalanx",
    ...rest,
  });
}
