import { PhalanxError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type VaultLocation, vaultPrefix } from "../model/environment.js";
import type { ApplicationHistory } from "../model/history.js";
import { nearest } from "../model/nearest.js";
import type { AskedPoint, RestorePoint } from "../model/history.js";
import { alignByRun, foreignSince, lastRun } from "../secrets/history.js";
import type { Restoration, RestoreTarget } from "../secrets/restore.js";
import { splitName } from "../model/secret.js";
import { type Context, notify } from "../terminal/context.js";
import { explainMoment } from "../target/moment.js";
import type { RestoreOptions } from "./restore-options.js";
import type { PendingRun } from "./pending-run.js";

/** @throws PhalanxError if Vault has nothing of what was requested, or another environment's. */
export function checkKnown(
  environment: string,
  point: RestorePoint,
  names: readonly string[],
  histories: readonly ApplicationHistory[],
  pending: PendingRun | undefined,
  adopt: boolean,
): void {
  for (const name of names) checkName(environment, name, histories);
  const subject = { environment };
  if (point.kind === "run" && !adopt) {
    const { run } = point;
    const other = ownerOf(run, histories);
    if (other !== undefined && other !== environment)
      throw new PhalanxError(diagnostic("restore-run-of-other-environment", { run, other }, { subject }));
  }
  // A run interrupted before its first write left only its intent.
  if (point.kind === "run" && pending === undefined && !isNoted(point.run, histories))
    throw new PhalanxError(diagnostic("restore-run-unknown", { run: point.run }, { subject }));
  const earliest = Math.min(
    ...histories.flatMap(({ versions }) => versions.map(({ createdTime }) => Date.parse(createdTime))),
  );
  if (point.kind !== "time" || point.time.getTime() >= earliest) return;
  // Without any history, every time precedes it.
  if (!Number.isFinite(earliest)) throw new PhalanxError(diagnostic("restore-without-history", {}, { subject }));
  const details = { earliest: new Date(earliest).toISOString() };
  throw new PhalanxError(diagnostic("restore-time-before-history", details, { subject }));
}

function checkName(environment: string, name: string, histories: readonly ApplicationHistory[]): void {
  const [application, key] = splitName(name);
  const history = histories.find((candidate) => candidate.application === application);
  if (history === undefined) {
    const known = histories.map((candidate) => candidate.application);
    const details = { meant: nearest(application, known) };
    throw new PhalanxError(diagnostic("history-missing", details, { subject: { environment, application } }));
  }
  if (key !== undefined && !history.versions.some(({ values }) => values?.has(key)))
    throw new PhalanxError(
      diagnostic(
        "history-without-key",
        { meant: nearest(key, keysOf(history)) },
        { subject: { environment, application, key } },
      ),
    );
}

function keysOf({ versions }: ApplicationHistory): Set<string> {
  return new Set(versions.flatMap(({ values }) => [...(values?.keys() ?? [])]));
}

/** Whether anything in Vault was written by a run. */
function isNoted(id: string, histories: readonly ApplicationHistory[]): boolean {
  return histories.some(({ provenance: { writers, events } }) =>
    [...writers.values(), ...events].some(({ run }) => run === id),
  );
}

/** The environment whose run it was, as far as noted. */
function ownerOf(run: string, histories: readonly ApplicationHistory[]): string | undefined {
  return histories.flatMap(({ provenance }) => provenance.runs.get(run)?.environment ?? [])[0];
}

/** @throws PhalanxError that lists what cannot be restored, unless a partial restore is allowed. */
export function refuseLost(
  typed: readonly string[] | undefined,
  { lost, plan: { environment, applications } }: Restoration,
  vault: VaultLocation,
  partial: boolean,
): void {
  if (lost.length === 0 || partial) return;
  const problems = lost.map(({ application, reason }) =>
    diagnostic("restore-lost", { reason, prefix: vaultPrefix(vault) }, { subject: { environment, application } }),
  );
  const command = applications.length === 0 ? undefined : typed;
  throw new PhalanxError(diagnostic("restore-incomplete", { command }, { subject: { environment } }), { problems });
}

/** Explains which run or moment is meant, if it was not named explicitly. */
export function explainPoint(
  context: Context,
  asked: AskedPoint,
  { point, environment: { name: environment } }: Pick<RestoreTarget, "point" | "environment">,
  { at }: RestoreOptions,
  histories: readonly ApplicationHistory[],
): void {
  if (asked.kind === "moment" && point.kind === "time")
    explainMoment(context, { option: "--at", given: at ?? "", moment: asked.moment, time: point.time });
  for (const within of point.kind === "time" ? runsAt(point.time, histories) : []) notify(context, within);
  const last = asked.kind === "last-run" ? lastRun(histories, environment) : undefined;
  if (last?.writer === undefined) return;
  notify(context, diagnostic("restore-last-run", { time: last.time, writer: last.writer }));
  const versions = foreignSince(histories, last, environment).map(({ application, version, kind, writer }) => ({
    application,
    version,
    kind,
    environment: writer?.environment,
  }));
  if (versions.length > 0) notify(context, diagnostic("restore-last-others", { versions }));
}

/** A run that had written only in part by then: only that part would be restored. */
function runsAt(time: Date, histories: readonly ApplicationHistory[]): AnyDiagnostic[] {
  return alignByRun(histories).flatMap(({ time: first, until, writer }) => {
    const isWithin = Date.parse(first) <= time.getTime() && time.getTime() < Date.parse(until);
    if (writer === undefined || !isWithin) return [];
    return [diagnostic("restore-time-within-run", { run: writer.run, until: new Date(until).toISOString() })];
  });
}

/** What to know before this is restored. */
export function warningsFor(
  point: RestorePoint,
  { lost, conflicts, stale, plan: { environment, applications } }: Restoration,
): AnyDiagnostic[] {
  return [
    ...lost.map(({ application, reason }) => diagnostic("restore-without", { reason }, { subject: { application } })),
    ...conflicts.map(({ application, key, version, isGone }) =>
      diagnostic("restore-keeps-change", { version, isGone }, { subject: { environment, application, key } }),
    ),
    ...stale.map((subject) => diagnostic("derived-value-stale", {}, { subject: { environment, ...subject } })),
    ...(point.kind === "time" && applications.length > 0 ? [diagnostic("restore-time-uncertain")] : []),
  ];
}

/** A killed run has not noted its last writes. */
export function warnOfUnknown(context: Context, pending: PendingRun, histories: readonly ApplicationHistory[]): void {
  const { environment } = pending;
  for (const { application, metadata, provenance } of histories) {
    const version = pending.planned[application] ?? metadata.currentVersion;
    if (metadata.currentVersion === version || provenance.writers.has(version + 1)) continue;
    notify(context, diagnostic("pending-write-unnoted", { version }, { subject: { environment, application } }));
  }
}
