import { type ExitCode, PhalanxError } from "../../errors.js";
import type { Context } from "../../terminal/context.js";
import { loadStaticSecrets } from "../../target/load.js";
import { withLoaded } from "../../target/load-ahead.js";
import { syncTarget } from "../../target/target-options.js";

import { DETAILED, type PlanOptions, previewPlan } from "../../runs/preview-plan.js";

/** `phalanx secrets plan ENV`: everything that a sync would change, why, and what that breaks. */
export async function run(
  context: Context,
  name: string,
  names: readonly string[],
  given: PlanOptions,
): Promise<ExitCode> {
  const options = { ...given, names };
  try {
    return await withLoaded(context, name, options, async (loaded) => {
      const staticSecrets = await loadStaticSecrets(context, loaded.environment, options);
      return previewPlan(context, loaded, syncTarget(context, loaded, staticSecrets, options), options);
    });
  } catch (error) {
    if (!options.detailedExitcode || !(error instanceof PhalanxError)) throw error;
    const { diagnostic, problems } = error;
    throw new PhalanxError(diagnostic, { problems, cause: error, exitCode: DETAILED.error });
  }
}
