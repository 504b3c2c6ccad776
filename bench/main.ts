import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { type Comparison, compare, peakMemory } from "./measure.js";
import { comparePeers } from "./peers.js";
import { profile } from "./profile.js";
import { type Row, rowsOf } from "./rows.js";
import { openStage } from "./stage.js";

interface Result extends Comparison {
  readonly name: string;
  readonly limit: number;
  /** MB. */
  readonly memory: number;
}

const MEMORY_LIMIT = 150;
const NOISY = 0.1;

/** Measures every row, or those whose name contains `--only`, and prints the table. */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      config: { type: "string", default: "../shared/config/2026-08" },
      static: { type: "string", default: "../shared/golden/base.static.yaml" },
      environment: { type: "string", default: "base" },
      only: { type: "string", default: "" },
      runs: { type: "string", default: "15" },
      json: { type: "string" },
      profile: { type: "boolean", default: false },
      peers: { type: "boolean", default: false },
    },
  });
  for (const path of ["dist/bin.cjs", values.config, values.static]) {
    if (existsSync(path)) continue;
    process.stderr.write(`${path} is not there: see bench/README.md\n`);
    return 2;
  }
  const stage = await openStage({ config: values.config, connectEnvironment: values.environment });
  try {
    for (const environment of stage.environments) await stage.fill(environment);
    await stage.empty(values.environment);
    if (values.peers) {
      await comparePeers({
        stage,
        environment: values.environment,
        staticFile: values.static,
        runs: Number(values.runs),
      });
      return 0;
    }
    const rows = rowsOf({ stage, environment: values.environment, staticFile: values.static });
    const results: Result[] = [];
    process.stdout.write(
      `Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"})\n\n`,
    );
    process.stdout.write(`${line("", "ours ms", "floor ms", "ratio", "at most", "memory MB", "noise")}\n`);
    for (const row of rows.filter(({ name }) => name.includes(values.only))) {
      if (values.profile) {
        stage.delay(row.delay);
        process.stdout.write(`${row.name.padEnd(38)}${await spent(row)}\n`);
        continue;
      }
      const result = await measure(row, Number(values.runs), (milliseconds) => stage.delay(milliseconds));
      results.push(result);
      process.stdout.write(`${describe(result)}\n`);
    }
    if (values.json !== undefined)
      await writeFile(values.json, `${JSON.stringify({ node: process.version, results }, null, 2)}\n`);
    return results.every(holds) ? 0 : 1;
  } finally {
    await stage.close();
  }
}

async function measure(
  { name, work, floor, limit, delay }: Row,
  runs: number,
  wait: (ms: number) => void,
): Promise<Result> {
  wait(delay);
  const comparison = await compare(work, floor, runs);
  const memory = await peakMemory(work);
  wait(0);
  return { name, limit, memory, ...comparison };
}

async function spent({ work }: Row): Promise<string> {
  const shares = (await profile(work)).filter(([, share]) => share >= 0.02);
  return shares.map(([part, share]) => `${part} ${(share * 100).toFixed(0)} %`).join(", ");
}

function holds({ ratio, limit, memory }: Result): boolean {
  return ratio <= limit && memory <= MEMORY_LIMIT;
}

function describe(result: Result): string {
  const { name, work, floor, ratio, limit, memory } = result;
  const noise = Math.max(work.noise, floor.noise);
  const cells = [
    work.median.toFixed(0),
    floor.median.toFixed(0),
    ratio.toFixed(2),
    limit.toFixed(1),
    memory.toFixed(0),
  ];
  const verdict = `${holds(result) ? "" : "  MISSED"}${noise > NOISY ? "  noisy" : ""}`;
  return line(name, ...cells, `${(noise * 100).toFixed(0)} %`) + verdict;
}

function line(name: string, ...cells: string[]): string {
  return name.padEnd(38) + cells.map((cell) => cell.padStart(11)).join("");
}
