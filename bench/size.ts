import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pLimit from "p-limit";
import type { FleetReport } from "../src/model/fleet-report.js";
import { CHROMIUM } from "../test/support/chromium.js";
import { BIN, ROOT } from "../test/support/cli.js";
import { makeTree, type TestTree } from "../test/support/tree.js";
import { startVault, type TestVault } from "../test/support/vault.js";
import { exponent, type Measurement } from "./growth.js";
import { pageTimes } from "./page-times.js";
import { type StoredSecret, type SyntheticFleet, syntheticFleet } from "./synthetic-fleet.js";

const MEMORY_LIMIT = 400;
const OPENS_LIMIT = 2000;
const FILTER_LIMIT = 100;
const GROWTH_LIMIT = 1.1;
/** A quota is used up to this part of it at least, or the program waits longer than it has to. */
const QUOTA_USED = 0.7;
const SHARDS = 4;

interface Options {
  readonly environments: number;
  readonly applications: number;
  readonly large: number;
  readonly seed: number;
}

/** The parts by their names, in the order in which they run. */
const PARTS: Readonly<Record<string, (bench: Bench, options: Options) => Promise<void>>> = {
  fleet: measureFleet,
  shards: measureShards,
  growth: measureGrowth,
  quota: measureQuota,
  large: measureLarge,
};

/** A server that everything is measured with, and what was found so far. */
interface Bench {
  readonly vault: TestVault;
  readonly stage: (fleet: SyntheticFleet, filled?: boolean) => Promise<Staged>;
  readonly tell: (what: string, measured: string, holds?: boolean, limit?: string) => void;
}

/** A fleet whose configuration is on disk and whose secrets are in the server. */
interface Staged {
  readonly fleet: SyntheticFleet;
  readonly tree: TestTree;
  readonly phalanx: (...args: string[]) => Promise<Run>;
}

interface Run {
  readonly seconds: number;
  readonly megabytes: number;
  /** Milliseconds of the processor. */
  readonly processor: number;
  readonly stdout: string;
}

/** Measures what grows with a fleet, on a real server. `--only` takes one part, and each size is an option. */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      environments: { type: "string", default: "200" },
      applications: { type: "string", default: "300" },
      large: { type: "string", default: "5000" },
      seed: { type: "string", default: "1" },
      only: { type: "string", default: "" },
    },
  });
  const options: Options = {
    environments: Number(values.environments),
    applications: Number(values.applications),
    large: Number(values.large),
    seed: Number(values.seed),
  };
  process.stdout.write(
    `Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), seed ${options.seed}\n\n`,
  );
  const vault = await startVault();
  const trees: TestTree[] = [];
  let holds = true;
  const bench: Bench = {
    vault,
    stage: async (fleet, filled = true) => {
      const tree = await makeTree(fleet.files(vault.url));
      trees.push(tree);
      if (filled) await fill(vault, fleet.prefix, fleet.contents());
      return { fleet, tree, phalanx: (...rest) => run(tree, tokensOf(fleet, vault), rest) };
    },
    tell: (what, measured, fits = true, limit = "") => {
      holds &&= fits;
      process.stdout.write(
        `${what.padEnd(58)}${measured.padStart(18)}${limit.padStart(16)}${fits ? "" : "  MISSED"}\n`,
      );
    },
  };
  try {
    for (const [name, part] of Object.entries(PARTS)) if (name.includes(values.only)) await part(bench, options);
    return holds ? 0 : 1;
  } finally {
    await vault.close();
    await Promise.all(trees.map((tree) => tree.remove()));
  }
}

async function measureFleet({ stage, tell }: Bench, { environments, applications, seed }: Options): Promise<void> {
  const { tree, phalanx } = await stage(syntheticFleet({ environments, applications, seed }));
  const size = `${environments} × ${applications}`;
  tellRun(tell, `fleet audit of ${size}`, await phalanx("fleet", "audit"));
  const files = ["-o", "whole.json", "--html", "fleet.html", "--metrics", "fleet.prom"];
  tellRun(tell, "fleet audit, with JSON, page and metrics", await phalanx("fleet", "audit", ...files));
  if (CHROMIUM === undefined) return tell("the page", "no Chromium here");
  const { opens, filters } = await pageTimes(join(tree.root, "fleet.html"), "app-1");
  tell(`the page of ${size} opens`, `${opens.toFixed(0)} ms`, opens <= OPENS_LIMIT, `${OPENS_LIMIT} ms`);
  const [slowest = "", worst = 0] = [...filters].toSorted(([, a], [, b]) => b - a)[0] ?? [];
  tell(`the page filters: ${slowest}`, `${worst.toFixed(0)} ms`, worst <= FILTER_LIMIT, `${FILTER_LIMIT} ms`);
}

async function measureShards({ stage, tell }: Bench, { environments, applications, seed }: Options): Promise<void> {
  const { tree, phalanx } = await stage(syntheticFleet({ environments, applications, seed }), false);
  const parts = Array.from({ length: SHARDS }, (_, i) => `part${i + 1}.json`);
  const runs: Run[] = [];
  for (const [i, part] of parts.entries())
    runs.push(await phalanx("fleet", "audit", "--shard", `${i + 1}/${SHARDS}`, "-o", part));
  const slowest = runs.toSorted((a, b) => b.megabytes - a.megabytes)[0];
  if (slowest) tellRun(tell, `the largest of its ${SHARDS} shards`, slowest);
  const merge = await phalanx("fleet", "audit", "--merge", ...parts, "-o", "merged.json", "--html", "merged.html");
  tellRun(tell, "their merge, with JSON and page", merge);
  await phalanx("fleet", "audit", "-o", "whole.json", "--force");
  const [merged, whole] = await Promise.all(
    ["merged.json", "whole.json"].map((file) => fingerprint(join(tree.root, file))),
  );
  tell("the merge says what one audit does", merged === whole ? "yes" : "no", merged === whole);
}

async function measureGrowth({ stage, tell }: Bench, { environments, applications, seed }: Options): Promise<void> {
  const quarter = Math.ceil(environments / 4);
  const steps = [4, 2, 1];
  const nothing = await measured(0, (await stage(syntheticFleet({ environments: 1, applications: 1, seed }))).phalanx);
  const kinds = {
    environments: steps.map((step) => ({ environments: Math.ceil(environments / step), applications })),
    applications: steps.map((step) => ({ environments: quarter, applications: Math.ceil(applications / step) })),
  };
  for (const [unit, sizes] of Object.entries(kinds)) {
    const found: Measurement[] = [];
    for (const size of sizes) {
      const { phalanx } = await stage(syntheticFleet({ ...size, seed }));
      const { milliseconds, megabytes } = await measured(size[unit as keyof typeof size], phalanx);
      // What any audit takes does not grow.
      found.push({
        size: size[unit as keyof typeof size],
        milliseconds: milliseconds - nothing.milliseconds,
        megabytes: megabytes - nothing.megabytes,
      });
    }
    const steps = found.map(
      (each) => `${each.size}: ${each.milliseconds.toFixed(0)} ms, ${each.megabytes.toFixed(0)} MB`,
    );
    process.stdout.write(`fleet audit by ${unit}: ${steps.join("; ")}\n`);
    for (const [what, power] of [
      ["time", exponent(found, "milliseconds")],
      ["memory", exponent(found, "megabytes")],
    ] as const)
      tell(
        `grows with this power of the ${unit} in ${what}`,
        power.toFixed(2),
        power <= GROWTH_LIMIT,
        `${GROWTH_LIMIT}`,
      );
  }
}

/** Time of the processor, and memory; the least of three runs, so that other processes count less. */
async function measured(size: number, phalanx: Staged["phalanx"]): Promise<Measurement> {
  const runs = [];
  for (let i = 0; i < 3; i++) runs.push(await phalanx("fleet", "audit"));
  return {
    size,
    milliseconds: Math.min(...runs.map(({ processor }) => processor)),
    megabytes: Math.min(...runs.map(({ megabytes }) => megabytes)),
  };
}

async function measureQuota(bench: Bench, { environments, applications, seed }: Options): Promise<void> {
  const { stage, tell, vault } = bench;
  const few = Math.ceil(environments / 10);
  const { tree, phalanx } = await stage(syntheticFleet({ environments: few, applications, seed }));
  const unlimited = await phalanx("fleet", "audit", "-o", "free.json");
  const free = await fingerprint(join(tree.root, "free.json"));
  for (const rate of [500, 200]) {
    await setQuota(vault, rate);
    const limited = await phalanx("fleet", "audit", "-o", "limited.json").finally(() => setQuota(vault, 0));
    // One GET for each application, and five requests more.
    const least = Math.max(unlimited.seconds, (few * (applications + 5)) / rate);
    tell(
      `fleet audit of ${few} × ${applications} at ${rate} requests a second`,
      `${limited.seconds.toFixed(1)} s`,
      least / limited.seconds >= QUOTA_USED,
      `${(least / QUOTA_USED).toFixed(1)} s`,
    );
    const slow = await fingerprint(join(tree.root, "limited.json"));
    tell("the same report as without the quota", free === slow ? "yes" : "no", free === slow);
  }
  const one = await stage(syntheticFleet({ environments: 1, applications, seed: seed + 2 }), false);
  await setQuota(vault, 200);
  const sync = one.phalanx("secrets", "sync", "env-0", "--secrets", "static.yaml", "--yes");
  const { seconds } = await sync.finally(() => setQuota(vault, 0));
  tell(`first sync of ${applications} applications at 200 requests a second`, `${seconds.toFixed(1)} s`);
}

async function measureLarge({ stage, tell }: Bench, { large, seed }: Options): Promise<void> {
  const { phalanx } = await stage(syntheticFleet({ environments: 1, applications: large, seed }), false);
  const source = ["--secrets", "static.yaml"];
  const commands: readonly (readonly [string, readonly string[]])[] = [
    ["lint", ["lint"]],
    ["plan, kept in a file", ["secrets", "plan", "env-0", ...source, "-o", "plan.json"]],
    ["sync after that plan", ["secrets", "sync", "env-0", ...source, "--plan", "plan.json", "--yes"]],
    ["sync without changes", ["secrets", "sync", "env-0", ...source]],
    ["audit", ["secrets", "audit", "env-0"]],
  ];
  process.stdout.write(`one environment of ${large} applications\n`);
  for (const [what, args] of commands) tellRun(tell, `  ${what}`, await phalanx(...args));
}

function tellRun(tell: Bench["tell"], what: string, { seconds, megabytes }: Run): void {
  const fits = megabytes <= MEMORY_LIMIT;
  tell(what, `${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`, fits, `${MEMORY_LIMIT} MB`);
}

function tokensOf({ environments }: SyntheticFleet, { rootToken }: TestVault): Record<string, string> {
  const named = environments.map((name) => [`VAULT_TOKEN_${name.toUpperCase().replaceAll("-", "_")}`, rootToken]);
  return Object.fromEntries([["VAULT_TOKEN", rootToken], ...named]) as Record<string, string>;
}

function run({ root }: TestTree, tokens: Readonly<Record<string, string>>, args: readonly string[]): Promise<Run> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: root,
    PHALANX_FINGERPRINT_KEY: "the key of all fingerprints of this benchmark",
    ...tokens,
  };
  return new Promise((done, fail) => {
    const began = performance.now();
    const child = spawn(process.execPath, ["--require", `${ROOT}bench/peak-memory.cjs`, BIN, ...args], {
      cwd: root,
      env,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", fail);
    child.on("close", (code) => {
      const seconds = (performance.now() - began) / 1000;
      const said = String(Buffer.concat(stderr));
      const [, peak] = /^peak (\d+)$/m.exec(said) ?? [];
      const [, processor] = /^processor (\d+)$/m.exec(said) ?? [];
      if (code === null || code > 1 || peak === undefined)
        return fail(new Error(`phalanx ${args.join(" ")} ends with ${code}:\n${said.slice(0, 3000)}`));
      const stated = { megabytes: Number(peak) / 1024, processor: Number(processor) };
      done({ seconds, ...stated, stdout: String(Buffer.concat(stdout)) });
    });
  });
}

/** Writes secrets as fast as the server takes them. */
export async function fill(vault: TestVault, prefix: string, secrets: Iterable<StoredSecret>): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const limit = pLimit(32);
  const writes: Promise<void>[] = [];
  for (const { environment, application, values } of secrets) {
    const path = `secret/data/${prefix}/${environment}/${application}`;
    writes.push(limit(() => call(vault, agent, path, { data: values })));
  }
  await Promise.all(writes).finally(() => agent.destroy());
}

function call({ url, rootToken }: TestVault, agent: Agent, path: string, body?: unknown): Promise<void> {
  return new Promise((done, fail) => {
    const headers = { "X-Vault-Token": rootToken };
    const sent = request(
      `${url}/v1/${path}`,
      { method: body === undefined ? "DELETE" : "POST", agent, headers },
      (answer) => {
        answer.resume();
        const { statusCode = 0 } = answer;
        answer.on("end", () => (statusCode < 300 ? done() : fail(new Error(`${path}: ${statusCode}`))));
      },
    );
    sent.on("error", fail);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Requests that the server answers in a second; 0: as many as it can. */
async function setQuota(vault: TestVault, rate: number): Promise<void> {
  const agent = new Agent();
  // Taking it back counts as a request, too.
  for (let tries = 0; tries < 50; tries++) {
    try {
      await call(vault, agent, "sys/quotas/rate-limit/bench", rate === 0 ? undefined : { rate, interval: "1s" });
      return;
    } catch {
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  throw new Error("the quota cannot be set");
}

/** Of what a report says, whenever it was made and by whatever way. */
async function fingerprint(file: string): Promise<string> {
  const { created: _, shard: __, fingerprints: ___, ...said } = JSON.parse(await readFile(file, "utf8")) as FleetReport;
  await rm(file);
  return createHash("sha256").update(JSON.stringify(said)).digest("hex");
}
