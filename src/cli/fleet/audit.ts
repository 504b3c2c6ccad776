import { ExitCode, PhalanxError } from "../../errors.js";
import { outcomeOf } from "../../fleet/counts.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import type { FleetReport } from "../../model/fleet-report.js";
import { renderFleetJson } from "../../render/fleet/json.js";
import { renderFleetTable } from "../../render/fleet/table.js";
import { newestOf, withRollouts } from "../../fleet/rollouts.js";
import { type Context, notify } from "../../terminal/context.js";
import { print, reportFooter, styleFor } from "../../terminal/terminal.js";
import { auditFleet, type FleetAuditOptions } from "../../fleet-audit/audit-fleet.js";
import { readRollouts } from "../../fleet-audit/read-rollouts.js";
import { mergeFiles } from "../../fleet-audit/merge.js";
import { FLEET_PAGE_FILE, FLEET_REPORT_FILE, METRICS_FILE } from "../../terminal/file-kinds.js";
import { refuseExisting, writeReportFile } from "../../terminal/report-file.js";

/** `phalanx fleet audit [ENV...]`: every environment at a glance, and what only a comparison shows. */
export async function run(context: Context, names: readonly string[], options: FleetAuditOptions): Promise<ExitCode> {
  const { json, html, metrics, force } = options;
  const output = options.output ?? (json === true ? undefined : json);
  const files = [
    [output, FLEET_REPORT_FILE],
    [html, FLEET_PAGE_FILE],
    [metrics, METRICS_FILE],
  ] as const;
  for (const [file, kind] of files) if (file !== undefined) await refuseExisting(context, file, { kind, force });
  const rollouts = await readRollouts(context, options.rollout ?? []);
  const audited = options.merge
    ? await mergeFiles(context, options.merge, rollouts)
    : await auditFleet(context, names, options, rollouts);
  const report = withRollouts(
    audited,
    newestOf(rollouts, (note) => notify(context, note)),
  );
  if (report.shard === null && report.environments.every(({ state }) => state === "no-credentials")) {
    throw new PhalanxError(diagnostic("fleet-credentials-none"));
  }
  if (html !== undefined) {
    const { renderFleetHtml } = await import("../../render/fleet/html.js");
    await writeReportFile(context, html, renderFleetHtml(report), { kind: FLEET_PAGE_FILE, force });
  }
  if (metrics !== undefined) {
    const { renderFleetMetrics } = await import("../../render/fleet/metrics.js");
    // A metrics collector reads at any time, so the file has to appear atomically, even the first time.
    await writeReportFile(context, metrics, renderFleetMetrics(report), { kind: METRICS_FILE, force: true });
  }
  const isPrivate = report.fingerprints !== undefined;
  if (output !== undefined)
    await writeReportFile(context, output, renderFleetJson(report), { kind: FLEET_REPORT_FILE, force, isPrivate });
  if (context.answer) context.answer.result(report);
  else {
    const access = options.config === undefined ? [] : ["--config", options.config];
    const table = renderFleetTable(report, styleFor(context, context.stdout), access);
    print(context.stdout, table + reportFooter(context, []));
  }
  return conclude(report);
}

function conclude(report: FleetReport): ExitCode {
  const { unaudited, findings } = outcomeOf(report);
  const total = report.environments.length;
  if (unaudited.length > 0)
    throw new PhalanxError(diagnostic("environments-unaudited", { environments: unaudited, total }));
  return findings ? ExitCode.findings : ExitCode.ok;
}
