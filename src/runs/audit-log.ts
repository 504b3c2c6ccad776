import { resolve } from "node:path";
import { ExitCode, PhalanxError } from "../errors.js";
import { reasonOf } from "../files/file-fault.js";
import { openToAppend } from "../files/append-file.js";
import { AUDIT_FORMAT, AUDIT_HEAD, type AuditLine } from "../model/audit-line.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import type { Written } from "../model/written.js";
import { changesIn } from "../render/audit-line.js";
import { jsonLine } from "../render/json.js";
import { lineOf } from "../render/diagnostic.js";
import { vaultPrefix } from "../model/environment.js";
import { VERSION } from "../version.js";
import type { Context } from "../terminal/context.js";
import { noteOf, whoOf } from "./run-info.js";

/** What the audit log says about a run before it starts. */
export interface AuditedRun extends Pick<AuditLine, "command" | "environment" | "names" | "options"> {
  /** The log file, as the operator named it. */
  readonly file: string;
}

/** What becomes known during the run. */
interface Seen {
  readonly by: string;
  readonly reason: string;
  vault: AuditLine["vault"];
  plan: AuditLine["plan"];
  readonly run: string | undefined;
  readonly writes: readonly Written[];
}

/**
 * Runs a command that may write to Vault, and adds a line about it to the audit log, even if it fails. If the log
 * cannot be written to, the run does not start.
 */
export async function withAuditLog(
  context: Context,
  { file, ...about }: AuditedRun,
  run: (context: Context) => Promise<ExitCode>,
): Promise<ExitCode> {
  const log = await openToAppend(resolve(context.cwd, file), AUDIT_HEAD).catch((error: unknown) => {
    const details = { file, reason: reasonOf(error) };
    throw new PhalanxError(diagnostic("audit-log-unusable", details), { cause: error });
  });
  const time = context.now().toISOString();
  const seen: Seen = { by: "", reason: "", vault: null, plan: null, run: undefined, writes: [] };
  const watch: Context["watch"] = {
    planned: ({ applications }, { url, ...location }) => {
      seen.plan = changesIn(applications);
      seen.vault = { url, prefix: vaultPrefix(location) };
    },
    written: (id, writes) => void Object.assign(seen, { run: id, writes }),
  };
  /** Returns why the line could not be added, if it could not. */
  const conclude = async (exitStatus: ExitCode, error: AuditLine["outcome"]["error"]): Promise<unknown> => {
    const { by, reason, vault, plan, run: id = null, writes } = seen;
    const head = { format: AUDIT_FORMAT, version: 1, time, by, reason } as const;
    const outcome = { exitStatus, run: id, written: changesIn(writes), error };
    try {
      await log.append(jsonLine({ ...head, ...about, vault, tool: VERSION, plan, outcome } satisfies AuditLine));
      return undefined;
    } catch (failure) {
      return failure;
    } finally {
      await log.close().catch(() => undefined);
    }
  };
  const missing = (failure: unknown): Diagnostic =>
    diagnostic(
      "audit-log-unwritten",
      { file, reason: reasonOf(failure) },
      { subject: { environment: about.environment } },
    );
  let exit: ExitCode;
  try {
    Object.assign(seen, { by: whoOf(context) });
    Object.assign(seen, { reason: noteOf(context).reason });
    exit = await run({ ...context, watch });
  } catch (error) {
    if (!(error instanceof PhalanxError)) {
      await conclude(ExitCode.findings, { code: "unexpected", message: "" });
      throw error;
    }
    const { diagnostic: stopped, problems, exitCode } = error;
    const failure = await conclude(exitCode, { code: stopped.code, message: lineOf(stopped) });
    if (failure === undefined) throw error;
    throw new PhalanxError(stopped, { problems: [...problems, missing(failure)], exitCode, cause: error });
  }
  const failure = await conclude(exit, null);
  if (failure === undefined) return exit;
  throw new PhalanxError(missing(failure), { exitCode: ExitCode.findings, cause: failure });
}
