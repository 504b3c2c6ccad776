import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Work, run } from "./measure.js";

/** The parts of a CPU profile used here; times are microseconds. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** How a process spent its time, as fractions of the whole, largest first. */
export async function profile(work: Work): Promise<readonly (readonly [part: string, share: number])[]> {
  const directory = await mkdtemp(join(tmpdir(), "phalanx-profile-"));
  try {
    const options = ["--cpu-prof", "--cpu-prof-interval", "200", `--cpu-prof-dir=${directory}`];
    await run({ ...work, args: [...options, ...work.args] });
    const [file = ""] = await readdir(directory);
    return shares(JSON.parse(await readFile(join(directory, file), "utf8")) as CpuProfile);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function shares({ nodes, samples, timeDeltas }: CpuProfile): Promise<(readonly [string, number])[]> {
  const parts = new Map(
    await Promise.all(nodes.map(async ({ id, callFrame }) => [id, await partOf(callFrame)] as const)),
  );
  const times = new Map<string, number>();
  let total = 0;
  for (const [i, id] of samples.entries()) {
    const time = timeDeltas[i] ?? 0;
    const part = parts.get(id) ?? "?";
    times.set(part, (times.get(part) ?? 0) + time);
    total += time;
  }
  return [...times].map(([part, time]) => [part, time / total] as const).sort(([, a], [, b]) => b - a);
}

const LIBRARIES = ["js-yaml", "zod", "commander", "lossless-json"];
const texts = new Map<string, Promise<string[]>>();

/** `bundle.mjs` keeps the comments that say which file each part of a bundle comes from. */
async function partOf({ functionName, url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]): Promise<string> {
  if (functionName === "(idle)") return "waiting";
  if (functionName === "(garbage collector)") return "garbage";
  if (functionName === "(program)") return "native code";
  if (!url.includes("/dist/")) return /esm|modules|compile|realm/.test(url) ? "loading modules" : "Node";
  const path = new URL(url).pathname;
  const text = texts.get(path) ?? readFile(path, "utf8").then((all) => all.split("\n"));
  texts.set(path, text);
  const before = (await text).slice(0, lineNumber);
  const from = before.findLast((line) => line.startsWith("//! ")) ?? "";
  return LIBRARIES.find((name) => from.startsWith(`//! node_modules/${name}/`)) ?? "ours";
}
