import { ExitCode } from "../../errors.js";
import { renderFleetSchema } from "../../render/fleet/schema.js";
import type { Context } from "../../terminal/context.js";
import { SCHEMA_FILE } from "../../terminal/file-kinds.js";
import { writeOrPrint } from "../../terminal/report-file.js";

export interface FleetSchemaOptions {
  readonly output?: string;
  readonly force?: boolean;
}

/** `phalanx fleet schema [-o FILE]`: the JSON Schema of the report. */
export async function run(context: Context, { output, force }: FleetSchemaOptions): Promise<ExitCode> {
  await writeOrPrint(context, output, renderFleetSchema(), { force, kind: SCHEMA_FILE });
  return ExitCode.ok;
}
