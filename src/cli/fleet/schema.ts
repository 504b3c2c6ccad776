import { ExitCode } from "../../errors.js";
import { renderFleetSchema } from "../../render/fleet/schema.js";
import type { Context } from "../../terminal/context.js";
import { refuseExisting, writeReportFile } from "../../terminal/report-file.js";

export interface FleetSchemaOptions {
  readonly output?: string;
  readonly force?: boolean;
}

/** `phalanx fleet schema [-o FILE]`: the JSON Schema of the report. */
export async function run(context: Context, { output, force }: FleetSchemaOptions): Promise<ExitCode> {
  refuseExisting(context, output, force);
  if (output === undefined) context.stdout.write(renderFleetSchema());
  else await writeReportFile(context, output, renderFleetSchema(), { force });
  return ExitCode.ok;
}
