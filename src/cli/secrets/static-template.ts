import { ExitCode } from "../../errors.js";
import type { Environment } from "../../model/environment.js";
import { nextCommand } from "../../runs/next-command.js";
import { renderStaticTemplate } from "../../render/static-template.js";
import type { IdentityOption } from "../../access/identity.js";
import { STATIC_FILE } from "../../sources/static-file-kind.js";
import type { Context } from "../../terminal/context.js";
import { writeOrPrint } from "../../terminal/report-file.js";
import { refuseOthersFile } from "../../target/file-of-others.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";

export interface StaticTemplateOptions extends ConfigOption, IdentityOption {
  readonly encryptTo: readonly string[];
  readonly armor?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  readonly merge?: string;
}

/** `phalanx secrets static-template ENV`: an empty static secrets file to fill in, or the entries one lacks. */
export async function run(context: Context, name: string, options: StaticTemplateOptions): Promise<ExitCode> {
  const { armor = false, encryptTo, output, force } = options;
  const { environment } = loadFromTree(context, name, options);
  if (options.merge !== undefined) return merge(context, environment, options.merge, options);
  const template = renderStaticTemplate(environment);
  // Binary output is of no use on a terminal or in a pipe.
  const content = encryptTo.length > 0 ? await encrypt(template, encryptTo, armor || output === undefined) : template;
  await writeOrPrint(context, output, content, {
    kind: { ...STATIC_FILE, environment: environment.name },
    force,
    isPrivate: true,
  });
  return ExitCode.ok;
}

async function merge(
  context: Context,
  environment: Environment,
  file: string,
  options: StaticTemplateOptions,
): Promise<ExitCode> {
  const paste = nextCommand(["secrets", "missing", environment.name], options, { secrets: [file] });
  const [{ openEditable }, { mergeTemplate }] = await Promise.all([
    import("../../runs/editable-file.js"),
    import("../../runs/merge-template.js"),
  ]);
  refuseOthersFile(context, environment, file);
  const opened = await openEditable(context, file, options, { paste, environment: environment.name });
  return mergeTemplate(context, environment, opened);
}

async function encrypt(text: string, recipients: readonly string[], armoured: boolean): Promise<Uint8Array> {
  const { sealAge } = await import("../../sources/encrypted/age.js");
  return sealAge(text, { recipients }, armoured);
}
