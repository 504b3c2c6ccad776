import { renderAnswerSchema } from "./answer-schema.js";
import { renderAuditSchema } from "./audit-schema.js";
import { renderFleetSchema } from "./fleet/schema.js";
import { renderSecretsSchema } from "./schema.js";

/** The JSON Schemas that the package publishes, by name. */
export const SCHEMAS = {
  answer: renderAnswerSchema,
  "audit-line": renderAuditSchema,
  "fleet-report": renderFleetSchema,
  secrets: renderSecretsSchema,
};
