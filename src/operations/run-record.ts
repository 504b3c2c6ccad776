import { PhalanxError } from "../errors.js";
import { compareCodePoints } from "../model/code-points.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { Environment } from "../model/environment.js";
import type { RunInfo } from "../model/provenance.js";
import type { Undo } from "../model/undo.js";
import type { VaultSession } from "../vault/protocol.js";
import type { AppliedWrite } from "./apply-plan.js";

/**
 * The id of a run: the UTC time of its start and a random part.
 *
 * @param random Three bytes.
 */
export function runId(start: Date, random: Uint8Array): string {
  const time = start
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:]/g, "");
  return `${time}-${Buffer.from(random).toString("hex")}`;
}

/** What one run has written so far, and what is known about how to undo it. Survives an error that ends the run. */
export interface RunRecord {
  readonly applied: readonly AppliedWrite[];
  /** Notes a write in Vault. A write that cannot be noted is part of the undo information, not an error. */
  readonly note: (session: VaultSession, applied: AppliedWrite) => Promise<void>;
  /** Remembers that another run has noted as its own what this one was about to write. Notes nothing in Vault. */
  readonly noteTwin: (application: string, run: string) => void;
  /** Whether something may have been written. */
  readonly mayHaveWritten: () => boolean;
  /** Waits until the responding node has all notes. */
  readonly settle: (session: VaultSession) => Promise<void>;
  readonly undo: () => Promise<Undo>;
}

/** @param info Describes the run; called when the first write is noted. */
export function openRecord(environment: Environment, info: () => Promise<RunInfo>): RunRecord {
  const applied: AppliedWrite[] = [];
  const noted: AppliedWrite[] = [];
  const gone: string[] = [];
  const shared: Undo["shared"][number][] = [];
  const unnoted: Undo["unnoted"][number][] = [];
  let unsettled: readonly string[] = [];
  let reason: AnyDiagnostic | undefined;
  return {
    applied,
    note: async (session, write) => {
      applied.push(write);
      const { application, planned } = write.write;
      try {
        const { recordWrite } = await import("./record.js");
        const recorded = await recordWrite(session, environment, await info(), write);
        if (recorded.kind === "undoable") noted.push(write);
        else if (recorded.kind === "shared") shared.push({ application, run: recorded.run });
        else gone.push(application);
      } catch (error) {
        if (!(error instanceof PhalanxError)) throw error;
        reason ??= error.diagnostic;
        unnoted.push({ application, version: planned.base.kind === "present" ? planned.base.version : undefined });
      }
    },
    noteTwin: (application, run) => void shared.push({ application, run }),
    mayHaveWritten: () => applied.length + shared.length > 0,
    settle: async (session) => {
      if (noted.length === 0) return;
      const { settle } = await import("./settle.js");
      unsettled = await settle(session, environment.vault, noted, (await info()).id);
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
