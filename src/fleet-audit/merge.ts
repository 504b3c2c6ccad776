import { resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import { requireOwn, type RolloutFile } from "../fleet/rollouts.js";
import { mergeShards, type ShardFile } from "../fleet/shards.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { FLEET_FORMAT, FLEET_VERSION, FleetReport } from "../model/fleet-report.js";
import { withoutMark } from "../model/text-encoding.js";
import { reasonOf } from "../files/file-fault.js";
import { readNamedFile } from "../files/read-bounded.js";
import { textOf } from "../sources/content.js";
import { VERSION } from "../version.js";
import type { Context } from "../terminal/context.js";

/** Reads the reports of shards and puts them together. */
export async function mergeFiles(
  context: Context,
  files: readonly string[],
  rollouts: readonly RolloutFile[] = [],
): Promise<FleetReport> {
  const shards: ShardFile[] = [];
  // One after the other: the texts of all at once would be most of the memory.
  for (const file of files) shards.push(await readShard(context, file));
  const merged = mergeShards(shards, VERSION, context.now().toISOString());
  requireOwn(
    rollouts,
    merged.environments.map(({ name }) => name),
  );
  return merged;
}

async function readShard(context: Context, shown: string): Promise<ShardFile> {
  const about = { place: { file: shown } };
  const read = await readNamedFile(resolve(context.cwd, shown)).catch((cause: unknown) => {
    throw new PhalanxError(diagnostic("shard-unreadable", { file: shown, reason: reasonOf(cause) }), { cause });
  });
  const content = parse(withoutMark(textOf(read, shown)));
  const { format, version } = (content ?? {}) as { format?: unknown; version?: unknown };
  if (format !== FLEET_FORMAT) throw new PhalanxError(diagnostic("shard-not-report", {}, about));
  if (version !== FLEET_VERSION) {
    throw new PhalanxError(diagnostic("shard-format-unknown", { known: FLEET_VERSION }, about));
  }
  const result = FleetReport.safeParse(content);
  if (result.success) return { shown, report: result.data };
  const field = result.error.issues[0]?.path.join(".");
  throw new PhalanxError(diagnostic("shard-damaged", field ? { field } : {}, about));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    return undefined;
  }
}
