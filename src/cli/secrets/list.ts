import { ExitCode } from "../../errors.js";
import { requiredSecrets } from "../../model/environment.js";
import type { Context } from "../../terminal/context.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";
import { jsonText } from "../../render/json.js";
import { printable } from "../../render/printable.js";

export interface ListOptions extends ConfigOption {
  readonly json?: boolean;
}

/** `phalanx secrets list ENV`: the secrets that an environment requires. Reads the configuration and nothing else. */
export async function run(context: Context, name: string, options: ListOptions): Promise<ExitCode> {
  const { environment } = loadFromTree(context, name, options);
  const secrets = requiredSecrets(environment);
  const text = options.json
    ? jsonText(secrets.map(({ application, key, kind, description }) => ({ application, key, kind, description })))
    : secrets.map(({ application, key }) => `${printable(`${application} ${key}`)}\n`).join("");
  context.stdout.write(text);
  return ExitCode.ok;
}
