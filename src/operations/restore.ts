import type { ApplicationState, CurrentState } from "../model/current-state.js";
import type { ApplicationHistory } from "../model/history.js";
import type { AskedPoint, RestorePoint } from "../model/history.js";
import { momentUntil } from "../model/moment.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { lastRun } from "../secrets/history.js";
import { planRestore, type Restoration, type RestoreTarget } from "../secrets/restore.js";
import { finishRecovery } from "../vault/apply-write.js";
import type { VaultSession } from "../vault/protocol.js";
import type { Run } from "./run.js";
import { readHistory } from "./read-history.js";

/** A restoration, and the history it was planned from. */
export interface PreparedRestoration {
  /** The request, fully determined. */
  readonly target: RestoreTarget;
  readonly restoration: Restoration;
  readonly histories: readonly ApplicationHistory[];
}

/** Reads the history of everything under the prefix and plans the restoration. Writes nothing. */
export async function prepareRestoration(
  session: VaultSession,
  { point, ...asked }: Omit<RestoreTarget, "point"> & { readonly point: AskedPoint | RestorePoint },
): Promise<PreparedRestoration> {
  const histories = await readHistory(session, asked.environment.vault, {});
  const target = { ...asked, point: decided(point, asked.environment.name, histories, session.clock.now()) };
  return { target, restoration: planRestore({ ...target, histories }), histories };
}

function decided(
  point: AskedPoint | RestorePoint,
  environment: string,
  histories: readonly ApplicationHistory[],
  now: Date,
): RestorePoint {
  if (point.kind === "moment") return { kind: "time", time: momentUntil(point.moment, now) };
  if (point.kind !== "last-run") return point;
  const run = lastRun(histories, environment)?.writer?.run;
  if (run !== undefined) return { kind: "run", run };
  throw new PhalanxError(diagnostic("restore-without-run", {}, { subject: { environment } }));
}

/**
 * Completes restorations that were interrupted between reading a deleted version, which takes an undelete, and deleting
 * it again.
 *
 * @returns What was deleted.
 */
export async function finishInterrupted(
  session: VaultSession,
  { histories, target: { environment } }: PreparedRestoration,
): Promise<readonly { readonly application: string; readonly version: number }[]> {
  const finished: { application: string; version: number }[] = [];
  for (const { application, provenance, versions, metadata } of histories) {
    const left = versions.find(({ version }) => version === provenance.recovering);
    if (left?.values === undefined || left.version === metadata.currentVersion) continue;
    await finishRecovery(session, environment.vault, application, left.version);
    finished.push({ application, version: left.version });
  }
  return finished;
}

/** The plans of a restoration: the prepared one first, and recomputed ones if Vault has changed. */
export function restorePlans(session: VaultSession, first: PreparedRestoration): Run["prepare"] {
  return async (run, approve) => {
    const { restoration, histories } = run.first ? first : await prepareRestoration(session, first.target);
    const current = latestStates(histories);
    if (run.first) await approve(restoration.plan, current);
    return { plan: restoration.plan, writes: restoration.writes, current };
  };
}

/** What Vault holds now, according to histories. */
export function latestStates(histories: readonly ApplicationHistory[]): CurrentState {
  return new Map(histories.map((history) => [history.application, latestOf(history)]));
}

function latestOf({ metadata, versions }: ApplicationHistory): ApplicationState {
  const { currentVersion: version, customMetadata } = metadata;
  const last = versions.at(-1);
  const { createdTime = "", deletionTime = "", destroyed = false, values } = last ?? {};
  if (values !== undefined)
    return {
      kind: "present",
      version,
      createdTime,
      customMetadata,
      deletionTime: deletionTime || undefined,
      values,
    };
  return { kind: destroyed ? "destroyed" : "deleted", version, createdTime, customMetadata, deletionTime };
}
