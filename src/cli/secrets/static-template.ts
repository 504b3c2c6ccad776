import { ExitCode, PhalanxError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { renderStaticTemplate } from "../../render/static-template.js";
import type { Context } from "../../terminal/context.js";
import { writeOrPrint } from "../../terminal/report-file.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";

export interface StaticTemplateOptions extends ConfigOption {
  readonly encryptTo: readonly string[];
  readonly armor?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}

/** `phalanx secrets static-template ENV`: an empty file of static secrets, to be filled in. */
export async function run(context: Context, name: string, options: StaticTemplateOptions): Promise<ExitCode> {
  const { armor = false, encryptTo, output, force } = options;
  if (armor && encryptTo.length === 0) {
    const companions = ["--encrypt-to"];
    throw new PhalanxError(diagnostic("option-companion-missing", { option: "--armor", companions }));
  }
  const { environment } = loadFromTree(context, name, options);
  const template = renderStaticTemplate(environment);
  // On a terminal or in a pipe, binary would only be in the way.
  const content = encryptTo.length > 0 ? await encrypt(template, encryptTo, armor || output === undefined) : template;
  await writeOrPrint(context, output, content, { force, isPrivate: true });
  return ExitCode.ok;
}

async function encrypt(text: string, recipients: readonly string[], armoured: boolean): Promise<Uint8Array> {
  const { sealAge } = await import("../../sources/encrypted/age.js");
  return sealAge(text, { recipients }, armoured);
}
