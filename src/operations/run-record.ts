import { PhalanxError } from "../errors.js";
import { compareCodePoints } from "../model/code-points.js";
import type { Environment } from "../model/environment.js";
import type { RunInfo } from "../model/provenance.js";
import type { Undo } from "../model/undo.js";
import type { VaultSession } from "../vault/protocol.js";
import type { AppliedWrite } from "./converge.js";
import { recordWrite } from "./record.js";
import { settle } from "./settle.js";

/** What one run has written so far, and what is known of how to take it back. It outlives whatever ends the run. */
export interface RunRecord {
  readonly applied: readonly AppliedWrite[];
  /** Notes a write in Vault. What cannot be noted is part of the undo, and no error. */
  readonly note: (session: VaultSession, applied: AppliedWrite) => Promise<void>;
  /** Waits until the node that answers has all notes. */
  readonly settle: (session: VaultSession) => Promise<void>;
  readonly undo: () => Promise<Undo>;
}

/** @param info Who the run is; asked for when the first write is noted. */
export function openRecord(environment: Environment, info: () => Promise<RunInfo>): RunRecord {
  const applied: AppliedWrite[] = [];
  const noted: AppliedWrite[] = [];
  const gone: string[] = [];
  const shared: Undo["shared"][number][] = [];
  const unnoted: Undo["unnoted"][number][] = [];
  let unsettled: readonly string[] = [];
  let reason: string | undefined;
  return {
    applied,
    note: async (session, written) => {
      applied.push(written);
      const { application, planned } = written.write;
      try {
        const recorded = await recordWrite(session, environment, await info(), written);
        if (recorded.kind === "undoable") noted.push(written);
        else if (recorded.kind === "shared") shared.push({ application, run: recorded.run });
        else gone.push(application);
      } catch (error) {
        if (!(error instanceof PhalanxError)) throw error;
        reason ??= error.message;
        unnoted.push({ application, version: planned.base.kind === "present" ? planned.base.version : undefined });
      }
    },
    settle: async (session) => {
      if (noted.length > 0) unsettled = await settle(session, environment.vault, noted, (await info()).id);
    },
    undo: async () => ({
      environment: environment.name,
      run: noted.length > 0 ? (await info()).id : undefined,
      gone: gone.toSorted(compareCodePoints),
      shared: shared.toSorted(byApplication),
      unnoted: unnoted.toSorted(byApplication),
      unsettled: unsettled.toSorted(compareCodePoints),
      reason,
    }),
  };
}

function byApplication(a: { readonly application: string }, b: { readonly application: string }): number {
  return compareCodePoints(a.application, b.application);
}
