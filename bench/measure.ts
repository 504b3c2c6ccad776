import { spawn } from "node:child_process";

/** A process to time: arguments of `node` or of another command, and what its environment holds beside PATH. */
export interface Work {
  readonly command?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Accepted exit statuses; others end the benchmark. */
  readonly exits?: readonly number[];
  /** Sets up the initial state; not timed. */
  readonly before?: () => Promise<void>;
}

/** Milliseconds for whole processes. */
export interface Sample {
  readonly median: number;
  readonly runs: number;
  /** Half of the interquartile range, relative to the median: how noisy the machine is. */
  readonly noise: number;
}

export interface Comparison {
  readonly work: Sample;
  readonly floor: Sample;
  readonly ratio: number;
}

/** Alternates between both, so that anything slowing the machine affects both. */
export async function compare(work: Work, floor: Work, runs: number): Promise<Comparison> {
  const times = { work: [] as number[], floor: [] as number[] };
  await run(floor);
  await run(work);
  for (let count = 0; count < runs; count++) {
    times.floor.push(await run(floor));
    times.work.push(await run(work));
  }
  const [ours, theirs] = [sample(times.work), sample(times.floor)];
  return { work: ours, floor: theirs, ratio: ours.median / theirs.median };
}

/** Peak resident memory of one run, in MB. */
export async function peakMemory(work: Work): Promise<number> {
  const observer = "./bench/peak-memory.cjs";
  const { stderr } = await finish({ ...work, args: ["--require", observer, ...work.args] });
  const kilobytes = /^peak (\d+)$/m.exec(stderr)?.[1];
  if (kilobytes === undefined) throw new Error("the memory was not reported");
  return Number(kilobytes) / 1024;
}

/** Milliseconds for one run. */
export async function run(work: Work): Promise<number> {
  return (await finish(work)).milliseconds;
}

async function finish({
  command = process.execPath,
  args,
  env,
  exits = [0],
  before,
}: Work): Promise<{ milliseconds: number; stderr: string }> {
  await before?.();
  return await new Promise((done, fail) => {
    const start = performance.now();
    const child = spawn(command, args, {
      env: { PATH: process.env["PATH"] ?? "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stdout.resume();
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.on("error", fail);
    child.on("close", (code) => {
      const milliseconds = performance.now() - start;
      if (code === null || !exits.includes(code)) {
        return fail(new Error(`${command} ${args.join(" ")} ends with ${code}:\n${stderr.slice(0, 1500)}`));
      }
      done({ milliseconds, stderr });
    });
  });
}

export function sample(times: readonly number[]): Sample {
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (part: number): number => sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN;
  const median = quantile(0.5);
  return { median, runs: sorted.length, noise: (quantile(0.75) - quantile(0.25)) / 2 / median };
}
