import { PhalanxError } from "../../errors.js";
import { DETAILED } from "../../runs/preview-plan.js";

/** Runs what was given `--detailed-exitcode`: 2 means changes, so that no error, of usage neither, may end with it. */
export async function withDetailedExit<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
    const { diagnostic, problems } = error;
    throw new PhalanxError(diagnostic, { problems, cause: error, exitCode: DETAILED.error });
  }
}
