import pLimit from "p-limit";
import { requireKnown } from "../config/environment.js";
import { listEnvironments } from "../config/environment-settings.js";
import { samePrefixes } from "../config/neighbours.js";
import { diskTree } from "../config/disk-tree.js";
import { findRoot, type Tree } from "../config/tree.js";
import { rememberSharedFiles } from "../config/tree-file.js";
import { PhalanxError } from "../errors.js";
import { sharedValues, withSharing } from "../fleet/fingerprints.js";
import { requireOwn, type RolloutFile } from "../fleet/rollouts.js";
import { partition, type Shard } from "../fleet/shards.js";
import { refuseCollisions } from "../fleet/variables.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { FLEET_FORMAT, FLEET_VERSION, type FleetReport } from "../model/fleet-report.js";
import { collectProblems, throwProblems } from "../problems.js";
import { PARALLEL_REQUESTS } from "../vault/read-state.js";
import { VERSION } from "../version.js";
import type { Context } from "../terminal/context.js";
import { commitOf } from "../runs/run-info.js";
import { durationSeconds } from "../target/duration.js";
import { auditEnvironment, type FleetRun } from "./audit-environment.js";
import { isNamedAfter } from "./credentials.js";
import { openProgress } from "./progress.js";
import { readFleetConfig } from "./read-fleet-config.js";
import { parseParallel, parseShard } from "./shard-option.js";
import { openFingerprinter } from "./value-ports.js";

/** Concurrent requests over all environments. */
const ALL_REQUESTS = 4 * PARALLEL_REQUESTS;

export interface FleetAuditOptions {
  readonly config?: string;
  readonly fleetConfig?: string;
  readonly maxAge?: string;
  readonly parallel: string;
  readonly shard?: string;
  readonly merge?: readonly string[];
  readonly rollout?: readonly string[];
  /** True: to stdout. */
  readonly output?: string;
  readonly json?: string | true;
  readonly html?: string;
  readonly metrics?: string;
  readonly force?: boolean;
  readonly requireTls?: boolean;
}

/** Audits the requested environments, several at once, and compares what they hold. */
export async function auditFleet(
  context: Context,
  names: readonly string[],
  options: FleetAuditOptions,
  rollouts: readonly RolloutFile[],
): Promise<FleetReport> {
  const shard = parseShard(options.shard);
  const parallel = parseParallel(options.parallel);
  const root = findRoot(options.config, context);
  const tree = diskTree(root, context.cwd);
  const known = knownEnvironments(tree);
  // An environment that was not requested, or belongs to another shard, has no row.
  requireOwn(rollouts, known);
  const asked = askedFor(names, known, options.json, tree);
  const accesses = await readFleetConfig(context, root, options.fleetConfig, known);
  const chosen = shard ? partition(asked, shard) : asked;
  const named = chosen.filter((name) => isNamedAfter(context, name, accesses.access(name)));
  refuseCollisions(named, known);
  const requests = pLimit(ALL_REQUESTS);
  const maxAgeSeconds = options.maxAge === undefined ? undefined : durationSeconds("--max-age", options.maxAge);
  // No plan is kept here that would have to name what was read.
  const files = rememberSharedFiles({ ...tree, readings: new Map() });
  const run: FleetRun = {
    root,
    tree: files,
    samePrefix: samePrefixes(files),
    ...accesses,
    now: context.now(),
    maxAgeSeconds,
    fingerprinter: openFingerprinter(context),
    insist: names.length > 0,
    requireTls: options.requireTls,
    bounded: (transport) => (request) => requests(() => transport(request)),
  };
  const environments = pLimit(parallel);
  const progress = openProgress(context, chosen.length);
  const results = await Promise.all(
    chosen.map((name) =>
      environments(async () => {
        const result = await auditEnvironment({ ...context, progress: undefined }, name, run);
        progress.done(result.report);
        return result;
      }),
    ),
  ).finally(progress.end);
  const entries = results.flatMap((result) => result.entries);
  const values = sharedValues(entries);
  const { keyId } = run.fingerprinter;
  return {
    format: FLEET_FORMAT,
    version: FLEET_VERSION,
    tool: VERSION,
    created: run.now.toISOString(),
    commit: await commitOf(context, root),
    maxAgeSeconds: maxAgeSeconds ?? null,
    shard: shardInfo(shard, asked.length),
    environments: withSharing(
      results.map(({ report }) => report),
      values,
    ),
    sharing: { checked: shard && shard.of > 1 ? "within-shards" : "everywhere", values },
    ...(shard && keyId !== undefined ? { fingerprints: { keyId, entries } } : {}),
  };
}

function shardInfo(shard: Shard | undefined, environments: number): FleetReport["shard"] {
  return shard ? { ...shard, environments } : null;
}

function knownEnvironments(tree: Tree): readonly string[] {
  const problems = collectProblems();
  const known = listEnvironments(tree, problems);
  throwProblems(problems, { of: "configuration" });
  return known ?? [];
}

function askedFor(
  names: readonly string[],
  known: readonly string[],
  json: string | true | undefined,
  tree: Tree,
): string[] {
  if (typeof json === "string" && known.includes(json)) {
    throw new PhalanxError(diagnostic("json-file-is-environment", {}, { subject: { environment: json } }));
  }
  for (const name of names) requireKnown(name, known, tree);
  return names.length > 0 ? [...new Set(names)].sort() : [...known];
}
