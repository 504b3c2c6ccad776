import { renderAnswerSchema } from "./answer-schema.js";
import { renderFleetSchema } from "./fleet/schema.js";
import { renderSecretsSchema } from "./schema.js";

/** The JSON Schemas that the package publishes, by name. */
export const SCHEMAS = {
  answer: renderAnswerSchema,
  "fleet-report": renderFleetSchema,
  secrets: renderSecretsSchema,
};
