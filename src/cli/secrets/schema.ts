import { ExitCode } from "../../errors.js";
import { renderSecretsSchema } from "../../render/schema.js";
import type { Context } from "../../terminal/context.js";
import { SCHEMA_FILE } from "../../terminal/file-kinds.js";
import { writeOrPrint } from "../../terminal/report-file.js";

export interface SchemaOptions {
  readonly output?: string;
  readonly force?: boolean;
}

/** `phalanx secrets schema [-o FILE]`: the JSON Schema of secrets.yaml. */
export async function run(context: Context, { output, force }: SchemaOptions): Promise<ExitCode> {
  await writeOrPrint(context, output, renderSecretsSchema(), { force, kind: SCHEMA_FILE });
  return ExitCode.ok;
}
