import { ExitCode } from "../../errors.js";
import { auditCredentials } from "../../operations/audit-credentials.js";
import { renderCredentialReport } from "../../render/credential-report.js";
import type { Context } from "../../terminal/context.js";
import type { ConfigOption } from "../../target/load.js";
import { withVault } from "../../access/session.js";
import { loadLocation } from "../../target/location.js";
import { jsonText } from "../../render/json.js";

export interface VaultAuditOptions extends ConfigOption {
  readonly json?: boolean;
}

/** `phalanx vault audit ENV`: whether AppRole, write token and policies are as they should be. */
export async function run(context: Context, name: string, options: VaultAuditOptions): Promise<ExitCode> {
  const target = loadLocation(context, name, options);
  const report = await withVault(context, target, undefined, (session) =>
    auditCredentials(session, target.environment.vault),
  );
  const text = renderCredentialReport(report);
  context.stdout.write(options.json ? jsonText({ environment: name, clean: text === "", ...report }) : text);
  return text === "" ? ExitCode.ok : ExitCode.findings;
}
