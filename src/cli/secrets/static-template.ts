import { ExitCode } from "../../errors.js";
import { renderStaticTemplate } from "../../render/static-template.js";
import type { Context } from "../context.js";
import { type ConfigOption, loadFromTree } from "../load.js";

/** `phalanx secrets static-template ENV`: an empty file of static secrets, to be filled in. */
export async function run(context: Context, name: string, options: ConfigOption): Promise<ExitCode> {
  const { environment } = loadFromTree(context, name, options);
  context.stdout.write(renderStaticTemplate(environment));
  return ExitCode.ok;
}
