import { ExitCode } from "../../errors.js";
import { auditCredentials } from "../../operations/audit-credentials.js";
import { renderCredentialReport } from "../../render/credential-report.js";
import { type Context, notify } from "../../terminal/context.js";
import type { CredentialProblem, CredentialReport } from "../../model/credential-report.js";
import { commandLine } from "../../model/shell.js";
import { nextCommand } from "../../runs/next-command.js";
import { type Hint, print, reportFooter } from "../../terminal/terminal.js";
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
  else {
    const hints = nextSteps(name, report, options);
    print(context.stdout, text + (hints.length > 0 ? reportFooter(context, hints) : ""));
  }
  return text === "" ? ExitCode.ok : ExitCode.findings;
}

function isWrong({ problems }: { readonly problems: readonly CredentialProblem[] }): boolean {
  return problems.length > 0;
}

function nextSteps(name: string, { appRole, tokens }: CredentialReport, options: ConfigOption): Hint[] {
  const create = (command: string, ...words: readonly string[]): string =>
    nextCommand(["vault", command, name, ...words], options);
  // Of several, one without problems replaces the others.
  const isReplaced = tokens.length > 0 && tokens.every(isWrong);
  const hasExpired = tokens.every(({ problems }) => problems.some(({ kind }) => kind === "expired"));
  return [
    ...(appRole.found ? [] : [["To create the read AppRole:", create("create-read-approle")] as const]),
    ...(isWrong(appRole)
      ? [["To correct the read AppRole and its policy:", create("create-read-approle", "--keep-old")] as const]
      : []),
    ...(tokens.length > 0 ? [] : [["To create a write token:", create("create-write-token")] as const]),
    ...(isReplaced
      ? [
          [
            "To replace the write token, and correct its policy:",
            create("create-write-token", ...(hasExpired ? [] : ["--keep-old", "12h"])),
          ] as const,
        ]
      : []),
    ...(tokens.length > 1
      ? [
          [
            "Several are normal as long as --keep-old lasts. To revoke one that nothing uses:",
            commandLine("vault", "token", "revoke", "-accessor", "ACCESSOR"),
          ] as const,
        ]
      : []),
  ];
}
