import type { ExitCode } from "../../errors.js";
import type { Context } from "../../terminal/context.js";
import { heldNames, refuseUnknownExcluded } from "../../target/held-names.js";
import { loadStaticSecrets } from "../../target/load.js";
import { withLoaded } from "../../target/load-ahead.js";
import { deletes, syncTarget } from "../../target/target-options.js";
import { deletionOf } from "../../runs/next-command.js";
import { type PlanOptions, previewPlan } from "../../runs/preview-plan.js";

/** `phalanx secrets plan ENV`: everything that a sync would change, why, and what that breaks. */
export function run(context: Context, name: string, names: readonly string[], given: PlanOptions): Promise<ExitCode> {
  const options = { ...given, names };
  return withLoaded(context, name, options, async (loaded) => {
    const staticSecrets = await loadStaticSecrets(context, loaded.environment, options);
    const found = await heldNames(context, loaded, staticSecrets, names);
    const held = { ...found, deletion: deletionOf("plan", name, options) };
    if (deletes(options)) await refuseUnknownExcluded(context, loaded, staticSecrets, options.exclude);
    return previewPlan(context, loaded, syncTarget(context, loaded, staticSecrets, { ...options, held }), options);
  });
}
