import type { ApplicationState, CurrentState } from "../model/current-state.js";
import type { ApplicationHistory } from "../model/history.js";
import { planRestore, type Restoration, type RestoreTarget } from "../secrets/restore.js";
import { finishRecovery } from "../vault/apply-write.js";
import type { VaultSession } from "../vault/protocol.js";
import type { Run } from "./run.js";
import { readHistory } from "./read-history.js";

/** A restoration, and the history that it was planned from. */
export interface PreparedRestoration {
  readonly restoration: Restoration;
  readonly histories: readonly ApplicationHistory[];
}

/** Reads the history of everything under the prefix and plans the restoration. Nothing is written. */
export async function prepareRestoration(session: VaultSession, target: RestoreTarget): Promise<PreparedRestoration> {
  const histories = await readHistory(session, target.environment.vault, undefined);
  return { restoration: planRestore({ ...target, histories }), histories };
}

/**
 * Brings to their ends the restorations that were interrupted between reading a deleted version, which takes an undelete,
 * and deleting it again.
 *
 * @returns What was deleted.
 */
export async function finishInterrupted(
  session: VaultSession,
  { environment }: RestoreTarget,
  { histories }: PreparedRestoration,
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

/** The plans of a restoration: the first one as it was prepared, and others from what is there if Vault has moved. */
export function restorePlans(session: VaultSession, target: RestoreTarget, first: PreparedRestoration): Run["prepare"] {
  return async (run, approve) => {
    const { restoration, histories } = run.first ? first : await prepareRestoration(session, target);
    const current = latestStates(histories);
    if (run.first) await approve(restoration.plan, current);
    return { plan: restoration.plan, writes: restoration.writes, current };
  };
}

/** What Vault holds now, as histories say. */
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
