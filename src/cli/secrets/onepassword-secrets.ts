import { ExitCode } from "../../errors.js";
import { renderStaticSecrets } from "../../render/static-secrets.js";
import { readOnepassword } from "../../sources/onepassword/read.js";
import { requireOnepassword, withConnect } from "../../access/onepassword-connect.js";
import { STATIC_FILE } from "../../sources/static-file-kind.js";
import { type Context, notify } from "../../terminal/context.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";
import { refuseExisting, writeOrPrint } from "../../terminal/report-file.js";

export interface OnepasswordSecretsOptions extends ConfigOption {
  readonly output?: string;
  readonly force?: boolean;
}

/**
 * `phalanx secrets onepassword-secrets ENV`: writes the secrets in 1Password to a static secrets file, with values.
 */
export async function run(context: Context, name: string, options: OnepasswordSecretsOptions): Promise<ExitCode> {
  const { output, force } = options;
  const kind = { ...STATIC_FILE, environment: name };
  // Check before contacting 1Password.
  if (output !== undefined) await refuseExisting(context, output, { kind, force });
  const { environment } = loadFromTree(context, name, options);
  const { location, token } = requireOnepassword(context, environment);
  const { staticSecrets, warnings } = await withConnect(
    context,
    location,
    { token, requireTls: options.requireTls },
    (session) => readOnepassword(session, environment, location.vaultTitle, new Set()),
  );
  for (const warning of warnings) notify(context, warning);
  const text = renderStaticSecrets(environment, staticSecrets);
  await writeOrPrint(context, output, text, { kind, force, isPrivate: true });
  return ExitCode.ok;
}
