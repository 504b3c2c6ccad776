import { PhalanxError } from "../errors.js";
import { compareCodePoints } from "../model/code-points.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { FleetReport } from "../model/fleet-report.js";
import { sharedValues, withSharing } from "./fingerprints.js";

export interface Shard {
  /** Counted from 1. */
  readonly index: number;
  readonly of: number;
}

/** The environments of a shard. Depends only on the names, not on their order. */
export function partition(names: readonly string[], { index, of }: Shard): string[] {
  return [...names].sort(compareCodePoints).filter((_, i) => i % of === index - 1);
}

/** A shard's report, and what to call the file it comes from. */
export interface ShardFile {
  readonly shown: string;
  readonly report: FleetReport;
}

/**
 * Merges the reports of all shards of one audit.
 *
 * @throws PhalanxError if they are not exactly the shards of one audit.
 */
export function mergeShards(files: readonly ShardFile[], tool: string, created: string): FleetReport {
  const [first] = files;
  if (first === undefined) throw new PhalanxError(diagnostic("shards-none"));
  checkComplete(files);
  checkAlike(files, tool);
  const reports = files.map(({ report }) => report);
  const found = reports.flatMap(({ environments }) => environments).sort((a, b) => compareCodePoints(a.name, b.name));
  checkEnvironments(
    files,
    found.map(({ name }) => name),
  );
  const comparable = haveOneKey(reports);
  const values = comparable
    ? sharedValues(reports.flatMap(({ fingerprints }) => fingerprints?.entries ?? []))
    : reports.flatMap(({ sharing }) => sharing.values);
  const { fingerprints: _, ...rest } = first.report;
  return {
    ...rest,
    created,
    shard: null,
    environments: withSharing(found, values),
    sharing: { checked: comparable || reports.length === 1 ? "everywhere" : "within-shards", values },
  };
}

function haveOneKey(reports: readonly FleetReport[]): boolean {
  const ids = new Set(reports.map(({ fingerprints }) => fingerprints?.keyId));
  return ids.size === 1 && !ids.has(undefined);
}

function checkComplete(files: readonly ShardFile[]): void {
  const seen = new Map<number, string>();
  const [first] = files;
  const of = first?.report.shard?.of ?? 0;
  for (const { shown, report } of files) {
    const { shard } = report;
    const place = { file: shown };
    if (shard === null) throw new PhalanxError(diagnostic("shard-whole", {}, { place }));
    if (shard.of !== of) {
      const others = { of: shard.of, other: first?.shown ?? "", otherOf: of };
      throw new PhalanxError(diagnostic("shard-of-other-count", others, { place }));
    }
    const twice = seen.get(shard.index);
    if (twice !== undefined) {
      throw new PhalanxError(diagnostic("shard-repeated", { files: [twice, shown], index: shard.index, of }));
    }
    seen.set(shard.index, shown);
  }
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((index) => !seen.has(index));
  if (missing.length > 0) throw new PhalanxError(diagnostic("shards-missing", { missing, of }));
}

function checkAlike(files: readonly ShardFile[], tool: string): void {
  const [first] = files;
  for (const { shown, report } of files) {
    const place = { file: shown };
    if (report.tool !== tool) {
      throw new PhalanxError(diagnostic("shard-of-other-version", { version: report.tool, own: tool }, { place }));
    }
    const difference = (["commit", "maxAgeSeconds"] as const).find((field) => report[field] !== first?.report[field]);
    if (difference === undefined) continue;
    throw new PhalanxError(diagnostic("shard-differs", { in: difference, from: first?.shown ?? "" }, { place }));
  }
}

function checkEnvironments(files: readonly ShardFile[], names: readonly string[]): void {
  const expected = new Set(files.map(({ report }) => report.shard?.environments));
  if (new Set(names).size === names.length && expected.size === 1 && expected.has(names.length)) return;
  throw new PhalanxError(diagnostic("shards-of-other-environments"));
}
