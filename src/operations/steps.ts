import { ExitCode, PhalanxError, ServerError } from "../errors.js";
import { ConnectionError } from "../http/connection-error.js";
import { isPassing, SealedVault, UnreadableAnswer } from "../vault/protocol.js";

/** Writes that belong together, and none of which Vault can take back with the others. */
export interface Steps {
  /** Carries out one write. Once something may have been written, an error no longer says that nothing was. */
  readonly take: <T>(write: () => Promise<T>) => Promise<T>;
}

/**
 * @param outcome What has not come about where a step fails.
 * @param hint How to go on then.
 */
export function steps(outcome: string, hint: string): Steps {
  let written = false;
  return {
    take: async (write) => {
      try {
        const result = await write();
        written = true;
        return result;
      } catch (error) {
        if (!(error instanceof ServerError) || !(written || mayHaveActed(error))) throw error;
        throw new ServerError(`${error.message}; ${outcome}`, {
          cause: error,
          status: error.status,
          problems: error.hint === undefined ? [] : [{ message: error.hint }],
          hint,
          exitCode: ExitCode.findings,
        });
      }
    },
  };
}

/** Whether the server may have done what it was asked for. */
function mayHaveActed(error: ServerError): boolean {
  if (error instanceof ConnectionError) return !error.unconnected;
  if (error instanceof SealedVault) return false;
  return error instanceof UnreadableAnswer || (error.status !== undefined && isPassing(error.status));
}

/** Tries something that must not keep what was made before from being shown; what went wrong is noted instead. */
export async function attempt<T>(problems: string[], what: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
    problems.push(`${what}: ${error.message}`);
    return undefined;
  }
}

/** What ends a command that was asked to stop before its first write. */
export function stopBeforeWriting(stopRequested: () => boolean): void {
  if (!stopRequested()) return;
  throw new PhalanxError("Interrupted: nothing was written", { hint: "Run it again when you are ready." });
}
