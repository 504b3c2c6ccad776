import { ExitCode } from "../../errors.js";
import { auditCredentials } from "../../operations/audit-credentials.js";
import { renderCredentialReport } from "../../render/credential-report.js";
import { type Context, notify } from "../../terminal/context.js";
import { print } from "../../terminal/terminal.js";
import type { ConfigOption } from "../../target/load.js";
import { sharersOf } from "../../operations/shared-credentials.js";
import { sharedPrefix } from "../../operations/shared-prefix.js";
import { locate } from "../../vault/locate.js";
import { withVault } from "../../access/session.js";
import { loadLocation } from "../../target/location.js";

/** `phalanx vault audit ENV`: whether AppRole, write token and policies are as they should be. */
export async function run(context: Context, name: string, options: ConfigOption): Promise<ExitCode> {
  const target = loadLocation(context, name, options);
  const { report, sharers } = await withVault(context, target, undefined, async (session) => {
    const place = await locate(session, target.environment.vault);
    return { report: await auditCredentials(session, place), sharers: sharersOf(place, target.neighbours()) };
  });
  for (const warning of sharedPrefix(name, sharers, "credentials")) notify(context, warning);
  const text = renderCredentialReport(report);
  if (context.answer) context.answer.result({ environment: name, clean: text === "", ...report });
  else print(context.stdout, text);
  return text === "" ? ExitCode.ok : ExitCode.findings;
}
