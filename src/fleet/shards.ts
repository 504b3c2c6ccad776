import { PhalanxError } from "../errors.js";
import { compareCodePoints } from "../model/code-points.js";
import type { FleetReport } from "../model/fleet-report.js";
import { sharedValues, withSharing } from "./fingerprints.js";

/** One part of several. */
export interface Shard {
  /** From 1 on. */
  readonly index: number;
  readonly of: number;
}

/** The environments of a shard. Depends on the names alone, not on their order. */
export function partition(names: readonly string[], { index, of }: Shard): string[] {
  return [...names].sort(compareCodePoints).filter((_, i) => i % of === index - 1);
}

/** A shard's report, and what to call the file that it comes from. */
export interface ShardFile {
  readonly shown: string;
  readonly report: FleetReport;
}

/**
 * Puts the reports of all shards of one audit together.
 *
 * @throws PhalanxError if they are not exactly the shards of one audit.
 */
export function mergeShards(files: readonly ShardFile[], tool: string, created: string): FleetReport {
  const [first] = files;
  if (first === undefined)
    throw new PhalanxError("There is nothing to merge", { hint: "Give the files of all shards." });
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

/** How many missing shards an error names. */
const MOST_NAMED = 10;

function checkComplete(files: readonly ShardFile[]): void {
  const seen = new Map<number, string>();
  const [first] = files;
  for (const { shown, report } of files) {
    const { shard } = report;
    if (shard === null) {
      throw new PhalanxError(`${shown} is no shard: it is a report in one piece, or merged already`, {
        hint: "Give files that fleet audit --shard I/N --json FILE wrote.",
      });
    }
    if (shard.of !== first?.report.shard?.of) {
      throw new PhalanxError(`${shown} is a shard of ${shard.of}, and ${first?.shown} of ${first?.report.shard?.of}`, {
        hint: "Merge the shards of one audit.",
      });
    }
    const twice = seen.get(shard.index);
    if (twice !== undefined) {
      throw new PhalanxError(`${twice} and ${shown} are the same shard (${shard.index} of ${shard.of})`, {
        hint: "Give each shard once.",
      });
    }
    seen.set(shard.index, shown);
  }
  const all = Array.from({ length: first?.report.shard?.of ?? 0 }, (_, i) => i + 1);
  const missing = all.filter((index) => !seen.has(index));
  if (missing.length === 0) return;
  const named = missing.slice(0, MOST_NAMED).join(", ");
  const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : "";
  throw new PhalanxError(`Not all shards are there: ${named}${more} of ${all.length} missing`, {
    hint: "Wait for all parts of the audit, and merge all of their files.",
  });
}

function checkAlike(files: readonly ShardFile[], tool: string): void {
  const [first] = files;
  for (const { shown, report } of files) {
    if (report.tool !== tool) {
      throw new PhalanxError(`${shown} was made by phalanx ${report.tool}, and this is ${tool}`, {
        hint: "Use one version for all parts.",
      });
    }
    const difference = (["commit", "maxAgeSeconds"] as const).find((field) => report[field] !== first?.report[field]);
    if (difference === undefined) continue;
    const what = { commit: "of another commit of the configuration", maxAgeSeconds: "made with another --max-age" };
    throw new PhalanxError(`${shown} is ${what[difference]} than ${first?.shown}`, {
      hint: "Merge the shards of one audit.",
    });
  }
}

function checkEnvironments(files: readonly ShardFile[], names: readonly string[]): void {
  const expected = new Set(files.map(({ report }) => report.shard?.environments));
  if (new Set(names).size === names.length && expected.size === 1 && expected.has(names.length)) return;
  throw new PhalanxError("The shards were made for different lists of environments", {
    hint: "Give every part of an audit the same environments and the same configuration.",
  });
}
