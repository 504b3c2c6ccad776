import { ExitCode, PhalanxError, ServerError } from "../errors.js";
import { UnknownOutcome } from "../vault/outcome.js";

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
        if (!(error instanceof ServerError) || !(written || error instanceof UnknownOutcome)) throw error;
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

/**
 * Hands a new credential over; only then may the old ones be ended. Where that fails, the new one is ended instead, so that
 * there is none that nobody knows.
 *
 * @param accessor What the new one is known by.
 */
export async function handOver(
  deliver: () => Promise<void>,
  end: () => Promise<void>,
  { what, accessor }: { readonly what: string; readonly accessor: string },
): Promise<void> {
  try {
    await deliver();
  } catch (error) {
    const problems: string[] = [];
    await attempt(problems, `the new ${what} with accessor ${accessor} may live on`, end);
    if (!(error instanceof PhalanxError)) throw error;
    throw new PhalanxError(`The new ${what} could not be handed over: ${error.message}`, {
      cause: error,
      problems: problems.map((message) => ({ message })),
      hint:
        problems.length === 0
          ? "It was ended again, and the old ones live on. Give it another place, then run it again."
          : "The old ones live on. Give it another place, then run it again, which ends the others.",
      exitCode: ExitCode.findings,
    });
  }
}

/** What ends a command that was asked to stop before its first write. */
export function stopBeforeWriting(stopRequested: () => boolean): void {
  if (!stopRequested()) return;
  throw new PhalanxError("Interrupted: nothing was written", { hint: "Run it again when you are ready." });
}
