import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { ExitCode, PhalanxError } from "../../errors.js";
import { renderSecretsSchema } from "../../render/schema.js";
import type { Context } from "../context.js";

export interface SchemaOptions {
  readonly output?: string;
}

/** `phalanx secrets schema [-o FILE]`: the JSON Schema of secrets.yaml. */
export async function run(context: Context, { output }: SchemaOptions): Promise<ExitCode> {
  const schema = renderSecretsSchema();
  if (output === undefined) {
    context.stdout.write(schema);
    return ExitCode.ok;
  }
  try {
    await writeFile(resolve(context.cwd, output), schema);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new PhalanxError(`${output} cannot be written (${code})`, { cause: error });
  }
  return ExitCode.ok;
}
