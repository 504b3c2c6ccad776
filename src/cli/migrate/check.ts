import { ExitCode, PhalanxError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import type { Environment } from "../../model/environment.js";
import type { PrefixDifference } from "../../model/original-difference.js";
import { refId } from "../../model/secret.js";
import { computePlan } from "../../operations/compute-plan.js";
import { noteExisting } from "../../operations/record.js";
import { otherMountHolds } from "../../operations/other-mount.js";
import { foreignPrefix } from "../../operations/provenance-warnings.js";
import { migrationResult, renderMigration, renderNoted } from "../../render/migrate.js";
import { originalDifferences } from "../../secrets/original-differences.js";
import { verifyGenerated } from "../../secrets/verify.js";
import { nextWords } from "../../runs/next-command.js";
import { type Context, notify } from "../../terminal/context.js";
import { print } from "../../terminal/terminal.js";
import { loadFromTree, loadStaticSecrets } from "../../target/load.js";
import { auditTarget, type TargetOptions } from "../../target/target-options.js";
import { withVault } from "../../access/session.js";

export interface MigrateCheckOptions extends TargetOptions {
  readonly writeProvenance?: boolean;
}

/**
 * `phalanx migrate check ENV`: where phalanx would behave differently from the original program. What both leave wrong
 * is reported too, but does not count. Writes notes if asked to.
 */
export async function run(context: Context, name: string, options: MigrateCheckOptions): Promise<ExitCode> {
  const loaded = loadFromTree(context, name, options);
  const { environment } = loaded;
  const staticSecrets = await loadStaticSecrets(context, environment, options);
  const target = auditTarget(context, loaded, staticSecrets, options);
  const found = await withVault(context, loaded, staticSecrets, async (session) => {
    const [computed, other] = await Promise.all([
      computePlan(session, target),
      otherMountHolds(session, environment.vault),
    ]);
    for (const warning of other) notify(context, warning);
    const foreign = foreignPrefix(environment, computed.current);
    if (foreign && options.writeProvenance) throw new PhalanxError(diagnostic("notes-of-other-environment", foreign));
    const noted = options.writeProvenance ? await noteExisting(session, environment, computed.current) : undefined;
    const folders = computed.folders.map((entry) => entry.slice(0, -1));
    const differences = originalDifferences({ ...target, ...computed, folders });
    return { ...computed, noted, differences, prefix: prefixDifferences(environment, foreign?.environments ?? []) };
  });
  const { plan, current, noted, differences, prefix } = found;
  const planned = new Set(plan.applications.flatMap(({ changes }) => changes).map(refId));
  const wrong = await verifyGenerated(environment, current, context.bcryptVerify);
  const report = {
    environment: name,
    differences,
    prefix,
    plan,
    failed: wrong.filter((ref) => !planned.has(refId(ref))),
    audit: nextWords(["secrets", "audit", name], options, options),
  };
  if (context.answer) context.answer.result(migrationResult(report));
  else print(context.stdout, renderMigration(report));
  if (noted !== undefined) context.stderr.write(renderNoted(noted));
  return differences.length + prefix.length === 0 ? ExitCode.ok : ExitCode.findings;
}

function prefixDifferences({ vault }: Environment, foreign: readonly string[]): PrefixDifference[] {
  return [
    ...(vault.mount === "secret" ? [] : [{ kind: "other-mount" as const, mount: vault.mount, path: vault.path }]),
    ...(foreign.length === 0 ? [] : [{ kind: "other-environment" as const, environments: foreign }]),
  ];
}
