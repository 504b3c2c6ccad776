import { ExitCode, PhalanxError } from "../../errors.js";
import { computePlan } from "../../operations/compute-plan.js";
import { noteExisting } from "../../operations/note-existing.js";
import { otherMountHolds } from "../../operations/other-mount.js";
import { foreignEnvironments, foreignText } from "../../operations/provenance-warnings.js";
import { printable } from "../../render/printable.js";
import { renderMigration, renderMigrationJson } from "../../render/migrate.js";
import { originalDifferences } from "../../secrets/original-differences.js";
import { verifyGenerated } from "../../secrets/verify.js";
import { type Context, warn } from "../context.js";
import { loadFromTree, loadStaticSecrets } from "../load.js";
import { auditTarget, type TargetOptions } from "../secrets/target-options.js";
import { withVault } from "../session.js";

export interface MigrateCheckOptions extends TargetOptions {
  readonly writeProvenance?: boolean;
  readonly json?: boolean;
}

/** `phalanx migrate check ENV`: what phalanx would do otherwise than the original program. Writes notes if asked to. */
export async function run(context: Context, name: string, options: MigrateCheckOptions): Promise<ExitCode> {
  const loaded = loadFromTree(context, name, options);
  const { environment } = loaded;
  const staticSecrets = await loadStaticSecrets(context, environment, options);
  const target = auditTarget(context, loaded, staticSecrets, options);
  const { differences, plan, current, noted } = await withVault(context, loaded, staticSecrets, async (session) => {
    const [computed, other] = await Promise.all([
      computePlan(session, target),
      otherMountHolds(session, environment.vault),
    ]);
    if (other) warn(context, other);
    const foreign = foreignEnvironments(environment, computed.current);
    if (foreign.length > 0 && options.writeProvenance) {
      throw new PhalanxError(`${foreignText(environment, foreign)}: nothing was noted`, {
        hint: "Check vaultPathPrefix. If the environment was renamed, sync it with --adopt.",
      });
    }
    const notes = options.writeProvenance ? await noteExisting(session, environment, computed.current) : undefined;
    return {
      plan: computed.plan,
      current: computed.current,
      differences: originalDifferences({ environment, current: computed.current, staticSecrets, plan: computed.plan }),
      noted: notes,
    };
  });
  const failed = await verifyGenerated(environment, current, context.bcryptVerify);
  const report = { environment: name, differences, plan, failed };
  context.stdout.write(options.json ? renderMigrationJson(report) : renderMigration(report));
  if (noted !== undefined) {
    const text =
      noted.length === 0 ? "Everything was noted before." : `Noted where values come from: ${noted.join(", ")}.`;
    context.stderr.write(`${printable(text)}\n`);
  }
  return differences.length + failed.length === 0 ? ExitCode.ok : ExitCode.findings;
}
