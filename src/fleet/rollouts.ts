import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { FleetReport } from "../model/fleet-report.js";
import { type FleetRollout, ROLLOUT_STALE_HOURS } from "../model/fleet-rollout.js";

const HOUR = 3_600_000;

/** The result of a look at the cluster of one environment, and what to call the file it comes from. */
export interface RolloutFile {
  readonly shown: string;
  readonly environment: string;
  readonly rollout: FleetRollout;
}

/** @throws PhalanxError naming the first file of an unknown environment. */
export function requireOwn(files: readonly RolloutFile[], known: readonly string[]): void {
  for (const { shown, environment } of files) {
    if (known.includes(environment)) continue;
    const about = { subject: { environment }, place: { file: shown } };
    throw new PhalanxError(diagnostic("rollout-answer-of-other-environment", { known }, about));
  }
}

/** The newest file of each environment; of two with the same time, the later one. */
export function newestOf(
  files: readonly RolloutFile[],
  note: (diagnostic: AnyDiagnostic) => void,
): ReadonlyMap<string, RolloutFile> {
  const newest = new Map<string, RolloutFile>();
  for (const file of files) {
    const { environment } = file;
    const before = newest.get(environment);
    const isNewer = before === undefined || !isBefore(file, before);
    if (isNewer) newest.set(environment, file);
    const [left, taken] = isNewer ? [before, file] : [file, before];
    if (left === undefined) continue;
    const about = { subject: { environment }, place: { file: left.shown } };
    note(diagnostic("rollout-answer-outdated", { file: taken.shown }, about));
  }
  return newest;
}

function isBefore(a: RolloutFile, b: RolloutFile): boolean {
  return Date.parse(a.rollout.checked) < Date.parse(b.rollout.checked);
}

/** A report with the findings from clusters, beside those its shards already have; the newer one wins. */
export function withRollouts(report: FleetReport, newest: ReadonlyMap<string, RolloutFile>): FleetReport {
  const environments = report.environments.map((environment) => {
    const { rollout: before, ...rest } = environment;
    const given = newest.get(environment.name)?.rollout;
    const isOlder = given && before && Date.parse(given.checked) < Date.parse(before.checked);
    const rollout = isOlder ? before : (given ?? before);
    return rollout === undefined ? environment : { ...rest, rollout: dated(rollout, report.created) };
  });
  return { ...report, environments };
}

/** What a shard calls stale has not become fresher since. */
function dated(rollout: FleetRollout, created: string): FleetRollout {
  const age = Date.parse(created) - Date.parse(rollout.checked);
  return age > ROLLOUT_STALE_HOURS * HOUR ? { ...rollout, stale: true } : rollout;
}
