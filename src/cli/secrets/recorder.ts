import { PhalanxError } from "../../errors.js";
import type { AppliedWrite } from "../../operations/converge.js";
import { recordWrite } from "../../operations/record.js";
import type { VaultSession } from "../../vault/protocol.js";
import { printable } from "../../render/printable.js";
import { type Context, warn } from "../context.js";
import type { Loaded } from "../load.js";
import type { Run } from "../run-info.js";
import { commandLine } from "../../model/shell.js";

/** The notes of one run: who wrote which version, and so how all of it is taken back. */
export interface Recorder {
  /** Notes a write. What cannot be noted is a warning, once, and never an error. */
  readonly note: (session: VaultSession, applied: AppliedWrite) => Promise<void>;
  /** The lines that take the run back; empty where nothing was written. */
  readonly undoLines: () => Promise<string>;
}

export function openRecorder(context: Context, { environment }: Loaded, run: Run): Recorder {
  const unnoted: AppliedWrite[] = [];
  const gone: AppliedWrite[] = [];
  const shared = new Map<AppliedWrite, string>();
  let undoable = false;
  return {
    note: async (session, applied) => {
      try {
        const recorded = await recordWrite(session, environment, await run(), applied);
        if (recorded.kind === "undoable") undoable = true;
        else if (recorded.kind === "shared") shared.set(applied, recorded.run);
        else gone.push(applied);
      } catch (error) {
        if (!(error instanceof PhalanxError)) throw error;
        if (unnoted.length === 0) warn(context, `who wrote this could not be noted: ${error.message}`);
        unnoted.push(applied);
      }
    },
    undoLines: async () => {
      const restore = ["phalanx", "secrets", "restore", environment.name];
      // Without it, a restore of only a part is refused.
      const partial = gone.length > 0 ? ["--partial"] : [];
      return [
        ...(undoable
          ? [`To undo this: ${printable(commandLine(...restore, "--run", (await run()).id, ...partial))}\n`]
          : []),
        ...gone.map(
          ({ write }) =>
            `${printable(write.application)} cannot be taken back: Vault keeps no earlier version of it.\n`,
        ),
        ...[...shared].map(
          ([{ write }, other]) =>
            `${printable(write.application)} was written by run ${printable(other)} at the same moment, with the same values: to take that back, take back that run.\n`,
        ),
        ...unnoted.map((write) => undoWithoutNote(restore, write)),
      ].join("");
    },
  };
}

/** Without its note, a write is not known as one of the run; the version before it still is there. */
function undoWithoutNote(restore: readonly string[], { write: { application, planned } }: AppliedWrite): string {
  const { base } = planned;
  return base.kind === "present"
    ? `To undo what was not noted: ${printable(commandLine(...restore, "--kv-version", `${base.version}`, application))}\n`
    : `Of ${printable(application)}, which was not noted, there was nothing before that could come back.\n`;
}
