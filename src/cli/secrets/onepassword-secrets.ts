import { resolve } from "node:path";
import { ExitCode } from "../../errors.js";
import { renderStaticSecrets } from "../../render/static-secrets.js";
import { readOnepassword } from "../../sources/onepassword/read.js";
import { requireOnepassword, withConnect } from "../../access/connect.js";
import { type Context, warn } from "../../terminal/context.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";
import { writePrivateFile } from "../../files/write-file.js";

export interface OnepasswordSecretsOptions extends ConfigOption {
  readonly output?: string;
  readonly force?: boolean;
}

/** `phalanx secrets onepassword-secrets ENV`: what 1Password holds, as a file of static secrets with its values. */
export async function run(context: Context, name: string, options: OnepasswordSecretsOptions): Promise<ExitCode> {
  const { environment } = loadFromTree(context, name, options);
  const { location, token } = requireOnepassword(context, environment);
  const { staticSecrets, warnings } = await withConnect(
    context,
    location,
    { token, requireTls: options.requireTls },
    (session) => readOnepassword(session, environment, location.vaultTitle, new Set()),
  );
  for (const warning of warnings) warn(context, warning);
  const text = renderStaticSecrets(environment, staticSecrets);
  const { output, force = false } = options;
  if (output === undefined) context.stdout.write(text);
  else await writePrivateFile(resolve(context.cwd, output), output, text, force);
  return ExitCode.ok;
}
