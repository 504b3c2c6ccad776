import type { RestorePoint } from "../../model/history.js";
import { ExitCode, PhalanxError } from "../../errors.js";
import type { AnyDiagnostic } from "../../model/diagnostic.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import type { Environment } from "../../model/environment.js";
import { momentAt } from "../../model/moment.js";
import type { StaticSecrets } from "../../model/static-secrets.js";
import { massWarnings } from "../../operations/consent.js";
import { diagnose } from "../../operations/diagnose.js";
import { guard } from "../../operations/guard.js";
import { finishInterrupted, latestStates, prepareRestoration, restorePlans } from "../../operations/restore.js";
import { amounts } from "../../render/plan.js";
import { renderApplied } from "../../render/sync.js";
import { massOfChanges } from "../../secrets/mass-change.js";
import { isAttended, print } from "../../terminal/terminal.js";
import { type Context, notify } from "../../terminal/context.js";
import { driveRun } from "../../runs/drive-run.js";
import { loadFromTree, loadStaticSecrets } from "../../target/load.js";
import { dropPending, type PendingRun, readPending } from "../../runs/pending-run.js";
import { approvePlan, type Planned, showPlan } from "../../runs/show-plan.js";
import { nextSync, nextSyncOfWhole } from "../../runs/after-restore.js";
import { checkKnown, explainPoint, refuseLost, warningsFor, warnOfUnknown } from "../../runs/restore-checks.js";
import { chooser, pinned, type RestoreOptions, restorePoint } from "../../runs/restore-options.js";

/** `phalanx secrets restore ENV`: restores an earlier state, as new versions. */
export async function run(
  context: Context,
  name: string,
  names: readonly string[],
  options: RestoreOptions,
): Promise<ExitCode> {
  const asked = { point: restorePoint(name, options, names), chosen: chooser(names) };
  const loaded = loadFromTree(context, name, options);
  const { environment } = loaded;
  const staticSecrets = await nextStaticSecrets(context, environment, options);
  /** Set once the history has shown which state that is. */
  let decided: RestorePoint | undefined;
  /** How many of the requested secrets are not restored; each was named. */
  let stays = 0;
  let warnings: readonly AnyDiagnostic[] = [];
  let planned: Planned = { environment, staticSecrets, root: loaded.root };
  const allowed = { adopt: options.adopt ?? false };
  /** Completes what an interrupted restore left unfinished. */
  let finish: (() => Promise<void>) | undefined;
  await driveRun(context, loaded, {
    root: loaded.root,
    environment,
    staticSecrets,
    sources: options,
    allowed,
    consent: {
      given: options.yes ?? false,
      required: true,
      creations: true,
      mass: massOfChanges,
      allowsMass: options.allowMassChange ?? false,
    },
    replan: true,
    again: (typed) => pinned(typed, decided),
    plans: async (session) => {
      const prepared = await prepareRestoration(session, { environment, ...asked });
      const { restoration, histories, target } = prepared;
      const { point } = target;
      decided = point;
      planned = { ...planned, after: restoration.after, restored: restoration.restored };
      stays = restoration.lost.length + restoration.conflicts.length;
      const now = session.clock.now();
      if (asked.point.kind === "moment" && momentAt(asked.point.moment, now) > now)
        throw new PhalanxError(diagnostic("restore-time-in-future", { given: options.at ?? "" }));
      explainPoint(context, asked.point, target, options, histories);
      const pending = await pendingOf(context, name, point);
      if (pending) warnOfUnknown(context, pending, histories);
      checkKnown(name, point, names, histories, pending, allowed.adopt);
      refuseLost(
        context.typed && pinned(context.typed, point),
        restoration,
        target.environment.vault,
        options.partial ?? false,
      );
      warnings = [
        ...warningsFor(point, restoration),
        ...nextSync(context, loaded, staticSecrets, restoration, histories),
      ];
      if (options.dryRun) {
        const { plan } = restoration;
        const current = latestStates(histories);
        guard(environment, current, allowed, plan);
        const more = await diagnose(session, environment, { plan, current });
        const needs = options.allowMassChange ? undefined : "run";
        const mass = massWarnings(plan, current, massOfChanges, needs);
        await showPlan(context, planned, plan, [...warnings, ...more.warnings, ...mass]);
        if (restoration.writes.length > 0 && !context.answer) print(context.stdout, "\nNothing was written.\n");
        return undefined;
      }
      finish = async () => {
        for (const { application, version } of await finishInterrupted(session, prepared))
          notify(context, diagnostic("restore-read-interrupted", { version }, { subject: { application } }));
      };
      if (restoration.writes.length === 0) {
        if (isAttended(context) && !context.answer) await showPlan(context, planned, restoration.plan, warnings);
        else {
          const nothing = stays === 0 ? [diagnostic("restore-changes-nothing")] : [];
          for (const said of [...warnings, ...nothing]) notify(context, said);
        }
        await finish();
      }
      return restorePlans(session, prepared);
    },
    approve: async ({ plan, warnings: more }, question) => {
      // Completed below.
      const others = more.filter(({ code }) => code !== "recovered-version-readable");
      const all = { plan, warnings: [...warnings, ...others] };
      const answered = await approvePlan(context, planned, all, question, `Restore this in ${name}: ${amounts(plan)}?`);
      // Only now: if the user declines, nothing has been written.
      await finish?.();
      return answered;
    },
    afterwards: async (session, applied) => {
      for (const warning of await nextSyncOfWhole(context, loaded, staticSecrets, session, applied))
        notify(context, warning);
    },
    lines: (applied) => renderApplied(applied.map(({ write }) => write.planned)),
  });
  if (!options.dryRun && (await pendingOf(context, name, decided))) await dropPending(context, name);
  return stays === 0 ? ExitCode.ok : ExitCode.findings;
}

/** What the run being undone left pending, if it was interrupted. */
async function pendingOf(
  context: Context,
  name: string,
  point: RestorePoint | undefined,
): Promise<PendingRun | undefined> {
  const pending = point?.kind === "run" ? await readPending(context, name) : undefined;
  return point?.kind === "run" && pending?.run === point.run ? pending : undefined;
}

/** What the next sync reads from files. If one is missing or unreachable, an urgent restore does not wait for it. */
async function nextStaticSecrets(
  context: Context,
  environment: Environment,
  options: RestoreOptions,
): Promise<StaticSecrets | undefined> {
  if (options.secrets === undefined && environment.staticFiles === undefined) return undefined;
  return loadStaticSecrets(context, environment, options).catch((error: unknown) => {
    if (!(error instanceof PhalanxError)) throw error;
    notify(context, diagnostic("next-sync-unknown", { cause: error.diagnostic }));
    return undefined;
  });
}
