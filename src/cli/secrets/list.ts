import { ExitCode } from "../../errors.js";
import { requiredSecrets } from "../../model/environment.js";
import type { Context } from "../../terminal/context.js";
import { tellNothing } from "../../terminal/terminal.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";
import { NOTHING } from "../../render/nothing.js";
import { printable } from "../../render/printable.js";

/** `phalanx secrets list ENV`: the secrets that an environment requires. Reads only the configuration. */
export async function run(context: Context, name: string, options: ConfigOption): Promise<ExitCode> {
  const { environment } = loadFromTree(context, name, options);
  const secrets = requiredSecrets(environment);
  if (context.answer) {
    const listed = secrets.map(({ application, key, kind, description }) => ({ application, key, kind, description }));
    context.answer.result({ environment: name, secrets: listed });
  } else {
    context.stdout.write(secrets.map(({ application, key }) => `${printable(`${application} ${key}`)}\n`).join(""));
    if (secrets.length === 0) tellNothing(context, NOTHING.secrets(name));
  }
  return ExitCode.ok;
}
