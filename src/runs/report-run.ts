import type { AppliedRestart } from "../model/impact.js";
import { compareCodePoints } from "../model/code-points.js";
import type { Environment, VaultLocation } from "../model/environment.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { compareRefs, refId } from "../model/secret.js";
import { databasePasswords, heldAfter } from "../secrets/impact.js";
import { commandLine } from "../model/shell.js";
import type { Undo } from "../model/undo.js";
import type { Written } from "../model/written.js";
import type { AppliedWrite } from "../operations/apply-plan.js";
import { disappearingWrites } from "../operations/disappearing.js";
import type { RunRecord } from "../operations/run-record.js";
import { count } from "../render/count.js";
import { renderWarning } from "../render/error.js";
import { printable } from "../render/printable.js";
import { restartAdvice, restartResult, stoppedAdvice } from "../render/restart.js";
import { renderUndo, undoResult } from "../render/undo.js";
import { findRestarts } from "../target/restarts.js";
import { type Context, notify } from "../terminal/context.js";
import { deliverReport } from "../terminal/report.js";
import type { DrivenRun } from "./drive-run.js";

/** What to report about a run, with the options for the command that undoes it. */
export interface RunReport
  extends Pick<DrivenRun, "earlier" | "earlierChanges" | "environment" | "lines" | "resumable" | "root"> {
  readonly options: readonly string[];
  /** Where the server says that it is. */
  readonly vault: VaultLocation;
  /** Aborts lookups. */
  readonly signal: AbortSignal;
  readonly access: readonly string[];
}

/** The command that shows where the new values have arrived. */
function lookAt(
  { name, applications }: Environment,
  run: string | undefined,
  restarts: readonly AppliedRestart[],
  access: readonly string[],
): string {
  // The command refuses the name of an application that needs no secrets.
  const names = restarts.map(({ application }) => application).filter((each) => applications.get(each)?.secrets.size);
  const what = run === undefined ? names : ["--run", run];
  return printable(commandLine("phalanx", "rollout", "status", name, ...what, ...access));
}

/**
 * Reports what a run has written, even if it was nothing.
 *
 * @param stopped Says that it stopped early, if it did.
 */
export async function report(
  context: Context,
  record: RunRecord,
  { environment, earlier, earlierChanges, lines, resumable, root, options, signal, vault, access }: RunReport,
  stopped?: AnyDiagnostic,
): Promise<void> {
  for (const warning of disappearingWrites(vault, record.applied)) notify(context, warning);
  const undo = { ...(await record.undo()), regenerated: regeneratedIn(record.applied), earlier: earlier?.() ?? [] };
  const written = writtenBy(record.applied);
  const planned = record.applied.map(({ write }) => write.planned);
  const own = new Set(heldAfter(planned, environment).map(refId));
  const before = (earlierChanges?.() ?? []).filter((ref) => !own.has(refId(ref)));
  const restart = await findRestarts(context, { environment, root, signal }, planned, before);
  context.watch?.written(undo.run, written);
  context.answer?.result(runResult(written, { undo, restart }, options), stopped ? [stopped] : []);
  await deliverReport(context, {
    name: environment.name,
    lines: record.applied.length === 0 || context.answer ? "" : lines(record.applied),
    // What not to do comes before the commands.
    remarks:
      stopped === undefined
        ? renderUndo(undo, options) +
          restartAdvice(
            restart,
            // A run ID would stand for its own part only.
            {
              look: lookAt(environment, before.length === 0 ? undo.run : undefined, restart, access),
              later: lookAt(environment, undefined, restart, access),
            },
            databasePasswords(planned, environment, before),
          )
        : renderWarning(stopped) +
          stoppedAdvice(
            restart,
            resumable
              ? undefined
              : {
                  look: lookAt(environment, undefined, restart, access),
                  databases: databasePasswords(planned, environment),
                },
          ) +
          renderUndo(undo, options),
    what: "written",
  });
}

/** The result of a run for programs: what it wrote, how to undo it, and what to restart. */
function runResult(
  applied: readonly Written[],
  { undo, restart }: { readonly undo: Undo; readonly restart: readonly AppliedRestart[] },
  options: readonly string[],
): object {
  const { environment, run } = undo;
  return { environment, run: run ?? null, applied, undo: undoResult(undo, options), restart: restartResult(restart) };
}

/** Generated secrets whose values were gone. */
function regeneratedIn(applied: readonly AppliedWrite[]): NonNullable<Undo["regenerated"]> {
  return applied
    .flatMap(({ write }) => write.planned.changes)
    .flatMap(({ application, key, cause }) =>
      cause.kind === "missing" && cause.heldIn !== undefined ? [{ application, key, ...cause }] : [],
    )
    .sort(compareRefs);
}

/** By application, regardless of the order of Vault's responses. */
function writtenBy(applied: readonly AppliedWrite[]): Written[] {
  return applied
    .map(({ write: { application, planned }, version }) => ({
      application,
      action: planned.action,
      version,
      changes: planned.changes,
    }))
    .sort((a, b) => compareCodePoints(a.application, b.application));
}

/** How much was written. */
export function amount(applied: readonly AppliedWrite[]): string {
  // An undelete restores an application as a whole.
  const others = applied.filter(({ write }) => write.planned.changes.length > 0);
  const whole = applied.length - others.length;
  const keys = others.reduce((sum, { write }) => sum + write.planned.changes.length, 0);
  return [
    ...(keys === 0 ? [] : [`${count(keys, "key")} in ${count(others.length, "Vault secret")}`]),
    ...(whole === 0 ? [] : [`${count(whole, "Vault secret")} as a whole`]),
  ].join(", ");
}
