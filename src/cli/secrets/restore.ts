import { ExitCode, PhalanxError } from "../../errors.js";
import { PULL_SECRET } from "../../model/environment.js";
import { didYouMean } from "../../model/nearest.js";
import type { ApplicationHistory } from "../../model/history.js";
import { refId, type SecretRef } from "../../model/secret.js";
import type { RestorePoint } from "../../model/restore.js";
import { type AppliedWrite, InterruptedRun } from "../../operations/converge.js";
import { planFor, resolveInput } from "../../operations/compute-plan.js";
import { applyRestoration, prepareRestoration, type RestoreTarget } from "../../operations/restore.js";
import { renderPlan } from "../../render/plan.js";
import { renderApplied } from "../../render/sync.js";
import { impactOf } from "../../secrets/impact.js";
import { resolve } from "../../secrets/resolve.js";
import type { Restoration } from "../../secrets/restore.js";
import { type Context, warn } from "../context.js";
import { type Loaded, loadFromTree, loadStaticSecrets } from "../load.js";
import { dropPending, type PendingRun, readPending } from "../pending-run.js";
import { newRun } from "../run-info.js";
import { withVault } from "../session.js";
import { confirm, isInteractive, styleFor } from "../terminal.js";
import { openRecorder } from "./recorder.js";
import { auditTarget, splitName, type TargetOptions } from "./target-options.js";

export interface RestoreOptions extends Omit<TargetOptions, "exclude"> {
  readonly run?: string;
  readonly at?: string;
  readonly kvVersion?: string;
  readonly dryRun?: boolean;
  readonly partial?: boolean;
  readonly yes?: boolean;
}

/** `phalanx secrets restore ENV`: an earlier state comes back, as new versions. */
export async function run(
  context: Context,
  name: string,
  names: readonly string[],
  options: RestoreOptions,
): Promise<ExitCode> {
  const point = restorePoint(context, options, names);
  const loaded = loadFromTree(context, name, options);
  const { environment } = loaded;
  const run = newRun(context, name, loaded.root);
  const staticSecrets =
    options.secrets === undefined ? undefined : await loadStaticSecrets(context, environment, options);
  const recorder = openRecorder(context, loaded, run);
  const interrupts = context.deferInterrupts();
  const target: RestoreTarget = { environment, point, chosen: chooser(names), now: context.now };
  const applied = await withVault(context, loaded, staticSecrets, async (session) => {
    const prepared = await prepareRestoration(session, target);
    const { restoration, histories } = prepared;
    const pending = await pendingOf(context, name, point);
    if (pending) warnOfUnknown(context, pending, histories);
    checkKnown(name, point, names, histories, pending);
    refuseLost(restoration, options.partial ?? false);
    show(
      context,
      loaded,
      restoration,
      [...warningsFor(point, restoration), ...nextSync(context, loaded, staticSecrets, restoration)],
      options,
    );
    if (options.dryRun || restoration.writes.length === 0) return [];
    if (!options.yes && isInteractive(context)) await confirm(context, `Restore this in ${name}?`);
    return await applyRestoration(session, target, prepared, {
      onApplied: (written) => recorder.note(session, written),
      stopRequested: interrupts.requested,
    });
  })
    .catch(async (error: unknown) => {
      if (error instanceof InterruptedRun && error.applied.length > 0) {
        context.stdout.write(text(error.applied));
        warn(context, "the run stopped early; the changes above were made. Run it again to make the others.");
        context.stderr.write(await recorder.undoLines());
      }
      throw error;
    })
    .finally(interrupts.end);
  context.stdout.write(text(applied));
  context.stderr.write(await recorder.undoLines());
  if (!options.dryRun && (await pendingOf(context, name, point))) await dropPending(context, name);
  return ExitCode.ok;
}

/** What the run that is taken back left pending, if it was interrupted. */
async function pendingOf(context: Context, name: string, point: RestorePoint): Promise<PendingRun | undefined> {
  const pending = point.kind === "run" ? await readPending(context, name) : undefined;
  return point.kind === "run" && pending?.run === point.run ? pending : undefined;
}

/** A run that was killed has not noted its last writes. */
function warnOfUnknown(context: Context, pending: PendingRun, histories: readonly ApplicationHistory[]): void {
  for (const { application, metadata, provenance } of histories) {
    const planned = pending.planned[application] ?? metadata.currentVersion;
    if (metadata.currentVersion === planned || provenance.writers.has(planned + 1)) continue;
    warn(
      context,
      `${application} has changed since that run began, and nobody has noted who did it; to take it back too: phalanx secrets restore ${pending.environment} --kv-version ${planned} ${application}`,
    );
  }
}

function text(applied: readonly AppliedWrite[]): string {
  return renderApplied(applied.map(({ write }) => write.planned));
}

function restorePoint(
  context: Context,
  { run: id, at, kvVersion }: RestoreOptions,
  names: readonly string[],
): RestorePoint {
  const given = [id, at, kvVersion].filter((option) => option !== undefined).length;
  if (given !== 1) {
    throw new PhalanxError("Exactly one of --run, --at and --kv-version says what comes back", {
      hint: "phalanx secrets history ENV shows runs, times and versions.",
    });
  }
  if (id !== undefined) return { kind: "run", run: id };
  if (kvVersion !== undefined) {
    if (!/^[1-9]\d{0,8}$/.test(kvVersion))
      throw new PhalanxError(`--kv-version ${kvVersion} is no version`, { hint: "It is a number from 1." });
    if (names.length === 0)
      throw new PhalanxError("--kv-version needs the applications that it is about", {
        hint: "Each application counts its own versions; name them as APP or APP/KEY.",
      });
    return { kind: "version", version: Number(kvVersion) };
  }
  // Without a zone, a time would mean another moment on every machine.
  const time = new Date(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(at ?? "") ? (at ?? "") : Number.NaN,
  );
  if (Number.isNaN(time.getTime()))
    throw new PhalanxError(`--at ${at} is no time`, { hint: "Write it with its zone, as in 2026-11-24T07:00:00Z." });
  if (time > context.now()) throw new PhalanxError(`--at ${at} lies in the future`);
  return { kind: "time", time };
}

function chooser(names: readonly string[]): ((ref: SecretRef) => boolean) | undefined {
  if (names.length === 0) return undefined;
  const chosen = new Set(names);
  return (ref) => chosen.has(ref.application) || (ref.key !== "" && chosen.has(refId(ref)));
}

function checkKnown(
  environment: string,
  point: RestorePoint,
  names: readonly string[],
  histories: readonly ApplicationHistory[],
  pending: PendingRun | undefined,
): void {
  const hint = { hint: `phalanx secrets history ${environment} shows what there is.` };
  for (const name of names) {
    const [application, key] = splitName(name);
    const history = histories.find((candidate) => candidate.application === application);
    if (history === undefined) {
      const meant = didYouMean(
        application,
        histories.map((candidate) => candidate.application),
      );
      throw new PhalanxError(
        `${application} has no history in Vault`,
        meant ? { hint: `${meant} ${hint.hint}` } : hint,
      );
    }
    if (key !== undefined && !history.versions.some(({ values }) => values?.has(key)))
      throw new PhalanxError(`${name} is in no version that can be read`, hint);
  }
  if (point.kind === "run") {
    const known = histories.some(
      ({ provenance }) =>
        [...provenance.writers.values()].some(({ run: id }) => id === point.run) ||
        provenance.events.some(({ run: id }) => id === point.run),
    );
    // A run that was interrupted before its first write left nothing but the intention.
    if (!known && pending === undefined)
      throw new PhalanxError(`No version in Vault was written by a run ${point.run}`, hint);
  }
  const earliest = Math.min(
    ...histories.flatMap(({ versions }) => versions.map(({ createdTime }) => Date.parse(createdTime))),
  );
  if (point.kind === "time" && point.time.getTime() < earliest)
    throw new PhalanxError("--at lies before everything that Vault has a history of", hint);
}

function refuseLost({ lost }: Restoration, partial: boolean): void {
  if (lost.length === 0 || partial) return;
  throw new PhalanxError("Not everything can come back: nothing was written", {
    problems: lost.map(({ application, reason }) => ({ message: `${application}: ${reason}` })),
    hint: "Give --partial to restore the rest, or name what you want.",
  });
}

function show(
  context: Context,
  { environment }: Loaded,
  { plan }: Restoration,
  warnings: readonly string[],
  { dryRun, yes }: RestoreOptions,
): void {
  if (dryRun || (isInteractive(context) && !yes)) {
    const impact = impactOf(plan, environment);
    context.stdout.write(renderPlan({ plan, impact, environment, warnings }, styleFor(context, context.stdout)));
  } else for (const warning of warnings) warn(context, warning);
}

function warningsFor(point: RestorePoint, { lost, conflicts, stale }: Restoration): string[] {
  return [
    ...lost.map(({ application, reason }) => `${application} does not come back: ${reason}`),
    ...conflicts.map((ref) => `${refId(ref)} has changed since that run, and keeps its value`),
    ...stale.map(
      (ref) => `${refId(ref)} is made from a restored secret, and its value of that time is not there: rotate it`,
    ),
    ...(point.kind === "time"
      ? [
          "KV keeps no trace of deletes and undeletes that others made and took back; around such a moment the state is uncertain",
        ]
      : []),
  ];
}

/** The keys that the next sync would change again, as far as that can be said before. */
function nextSync(
  context: Context,
  loaded: Loaded,
  staticSecrets: Awaited<ReturnType<typeof loadStaticSecrets>>,
  { plan, after }: Restoration,
): string[] {
  if (plan.applications.length === 0) return [];
  const target = auditTarget(context, loaded, staticSecrets, { exclude: [] });
  const next = planFor(target, after, resolve(resolveInput(target, after, new Map())));
  const restored = new Set(plan.applications.flatMap(({ changes }) => changes).map(refId));
  const again = next.applications
    .flatMap(({ changes }) => changes)
    .filter((change) => restored.has(refId(change)) && change.application !== PULL_SECRET);
  if (again.length === 0) return [];
  return [`the next sync would change again: ${again.map(refId).join(", ")}`];
}
