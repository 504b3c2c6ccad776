import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { WORKS } from "./growth-work.js";

/** What one work of one size took, in a process of its own. */
export interface Measurement {
  readonly size: number;
  /** CPU time, so that other processes do not count. */
  readonly milliseconds: number;
  /** Peak memory above that of the process once its input was ready. */
  readonly megabytes: number;
}

const SIZES: Readonly<Record<string, number>> = {
  lint: 1024,
  "load and plan": 1024,
  "plan and audit": 102_400,
  "copy chain": 200_000,
};
const STEPS = [8, 4, 2, 1];
/**
 * Doubling the size then takes at most 2.14 times the work. The short form is less precise, but detects quadratic
 * growth.
 */
const LIMIT = 1.1;
const SHORT_LIMIT = 1.4;
const REPETITIONS = 5;

/**
 * Measures how tasks grow over four sizes, each twice the previous one, and fits the exponents of time and memory.
 * `--short` uses sizes a quarter as large.
 */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { short: { type: "boolean", default: false }, work: { type: "string" }, size: { type: "string" } },
  });
  if (values.work !== undefined) {
    process.stdout.write(JSON.stringify(await measure(values.work, Number(values.size))));
    return 0;
  }
  const limit = values.short ? SHORT_LIMIT : LIMIT;
  let holds = true;
  for (const [name, largest] of Object.entries(SIZES)) {
    const sizes = STEPS.map((step) => largest / step / (values.short ? 4 : 1));
    const measurements = sizes.map((size) => inProcess(name, size));
    const [time, memory] = [exponent(measurements, "milliseconds"), exponent(measurements, "megabytes")];
    const fits = time <= limit && memory <= limit;
    holds &&= fits;
    const steps = measurements.map(
      ({ size, milliseconds, megabytes }) => `${size}: ${milliseconds.toFixed(0)} ms, ${megabytes.toFixed(0)} MB`,
    );
    process.stdout.write(
      `${name}, by ${WORKS[name]?.unit}\n  ${steps.join("; ")}\n` +
        `  grows with the power ${time.toFixed(2)} in time, ${memory.toFixed(2)} in memory (at most ${limit})${fits ? "" : "  MISSED"}\n`,
    );
  }
  return holds ? 0 : 1;
}

function inProcess(work: string, size: number): Measurement {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--expose-gc", "bench/start.mjs", "bench/growth.ts", "--work", work, "--size", `${size}`],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`${work} of ${size} failed:\n${stderr}`);
  return JSON.parse(stdout) as Measurement;
}

/** The fastest of several repetitions, and the memory used by the first one. */
async function measure(work: string, size: number): Promise<Measurement> {
  const run = WORKS[work]?.prepare(size);
  if (run === undefined) throw new Error(`no work ${work}`);
  const collect = globalThis.gc ?? ((): void => undefined);
  collect();
  const before = process.memoryUsage().rss;
  let result = run();
  const megabytes = (process.resourceUsage().maxRSS * 1024 - before) / 2 ** 20;
  const times: number[] = [];
  for (let i = 0; i < REPETITIONS; i++) {
    result = undefined;
    collect();
    const start = process.cpuUsage();
    result = run();
    times.push(process.cpuUsage(start).user / 1000);
  }
  if (result === undefined) throw new Error("the work has no result");
  return { size, milliseconds: Math.min(...times), megabytes };
}

/** The slope of the line through the logarithms: 1 for what grows linearly, 2 for what grows with the square. */
export function exponent(measurements: readonly Measurement[], what: "milliseconds" | "megabytes"): number {
  const points = measurements.map((point) => [Math.log(point.size), Math.log(Math.max(point[what], 0.01))] as const);
  const [x, y] = [mean(points.map(([size]) => size)), mean(points.map(([, value]) => value))];
  const covariance = mean(points.map(([size, value]) => (size - x) * (value - y)));
  return covariance / mean(points.map(([size]) => (size - x) ** 2));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
