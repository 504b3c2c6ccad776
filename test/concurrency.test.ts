import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ordersRuns, unexplained } from "./concurrency/order.js";
import { KINDS } from "./concurrency/runs.js";
import { type ConcurrentTrial, populate, runAtOnce } from "./concurrency/trial.js";
import { leavesDoubted, relations } from "./faults/checks.js";
import { goOn } from "./faults/follow.js";
import { randomFrom } from "./faults/matrix.js";
import { openStage, type Stage } from "./faults/stage.js";
import { readState } from "./faults/state.js";
import type { ProxiedRequest } from "./support/proxy.js";
import { FULL, SEED } from "./support/size.js";

/** `npm run concurrency` tries many seeds and up to 32 runs at once; otherwise it is a few, others each time. */
const SIZES = FULL ? [2, 3, 4, 6, 8, 12, 16, 24, 32] : [2, 5, 12];
const REPETITIONS = FULL ? 12 : 2;

let stage: Stage;
let beginning: readonly ProxiedRequest[];
const counts = { trials: 0, runs: 0, gaveUp: 0, writes: 0, ordered: 0 };
beforeAll(async () => {
  process.stdout.write(`Concurrent runs of the seed ${SEED}; again with PHALANX_TEST_SEED=${SEED}\n`);
  stage = await openStage();
  beginning = await populate(stage);
});
afterAll(async () => {
  await stage.close();
  if (FULL) process.stdout.write(`${JSON.stringify(counts)}\n`);
});

/** Goes on with the runs that gave up, one after the other, and says what is wrong at the end. */
async function finish({ runs, before }: ConcurrentTrial): Promise<string[]> {
  const wrong: string[] = [];
  // Whoever was refused because of a rotation in the same home comes after the one whose rotation that is.
  const ended = runs.filter(({ finished }) => finished.exit !== 0);
  for (const { run, env, finished } of ended.sort((a, b) => a.finished.exit - b.finished.exit)) {
    const done = await goOn(stage, { args: run.args, input: run.input, env }, finished);
    if (done.exit !== 0 && !leavesDoubted(done))
      wrong.push(`going on with ${run.name} ends with ${done.exit}: ${done.stderr}`);
  }
  // What is made from a restored secret, and is no copy of it, is left to the next sync, and a restore says so.
  await stage.run(["secrets", "sync", "test"]);
  const audit = await stage.run(["secrets", "audit", "test"]);
  if (audit.exit !== 0) wrong.push(`the audit at the end says ${audit.stdout}${audit.stderr}`);
  const is = await relations(await readState(stage.kv("secret/phalanx/test"), "secret/phalanx/test"));
  const should = await relations(before);
  return [
    ...wrong,
    ...should.filter((relation) => !is.includes(relation)).map((text) => `at the end no longer: ${text}`),
  ];
}

describe.each(SIZES)("%i syncs, rotations, sets and restores at once", (size) => {
  test("lose nothing, and are explained by a serial order", { timeout: 600_000 }, async () => {
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      const random = randomFrom(SEED + 1000 * size + repetition);
      const runs = Array.from({ length: size }, (_, number) => {
        const kind = KINDS[Math.floor(random() * KINDS.length)] ?? KINDS[0];
        if (kind === undefined) throw new Error("no kinds");
        return kind(number);
      });
      const trial = await runAtOnce(stage, beginning, runs, random);
      const wrong = [...(await unexplained(trial)), ...(await finish(trial))];
      expect({ seed: SEED, repetition, wrong }).toEqual({ seed: SEED, repetition, wrong: [] });
      counts.trials += 1;
      counts.runs += size;
      counts.gaveUp += trial.runs.filter(({ finished }) => finished.exit !== 0).length;
      counts.writes += trial.carried.filter(({ request }) => request.path.startsWith("secret/data/")).length;
      counts.ordered += ordersRuns(trial) ? 1 : 0;
    }
  });
});
