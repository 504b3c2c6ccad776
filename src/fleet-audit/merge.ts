import { resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import { mergeShards, type ShardFile } from "../fleet/shards.js";
import { FLEET_FORMAT, FLEET_VERSION, FleetReport } from "../model/fleet-report.js";
import { readNamedFile } from "../files/read-bounded.js";
import { VERSION } from "../version.js";
import type { Context } from "../terminal/context.js";

/** Reads the reports of shards and puts them together. */
export async function mergeFiles(context: Context, files: readonly string[]): Promise<FleetReport> {
  const shards = await Promise.all(files.map((file) => readShard(context, file)));
  return mergeShards(shards, VERSION, context.now().toISOString());
}

async function readShard(context: Context, shown: string): Promise<ShardFile> {
  const read = await readNamedFile(resolve(context.cwd, shown)).catch((error: NodeJS.ErrnoException) => {
    throw new PhalanxError(
      error.code === "ENOENT" ? `${shown} does not exist` : `${shown} cannot be read (${error.code})`,
      { hint: "Give the files that fleet audit --shard I/N --json FILE wrote." },
    );
  });
  const content = parse(read.toString("utf8"));
  const { format, version } = (content ?? {}) as { format?: unknown; version?: unknown };
  if (format !== FLEET_FORMAT) {
    throw new PhalanxError(`${shown} is no report of a fleet audit`, {
      hint: "Give the files that fleet audit --shard I/N --json FILE wrote.",
    });
  }
  if (version !== FLEET_VERSION) {
    throw new PhalanxError(`${shown} has another format than this program's (${FLEET_VERSION})`, {
      hint: "Use one version of phalanx for all parts.",
    });
  }
  const result = FleetReport.safeParse(content);
  if (result.success) return { shown, report: result.data };
  const at = result.error.issues[0]?.path.join(".");
  throw new PhalanxError(`${shown} is damaged${at ? ` (at ${at})` : ""}`, {
    hint: "phalanx fleet schema says what it has to be. Run that part of the audit again.",
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    return undefined;
  }
}
