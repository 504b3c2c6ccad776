import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepare, SUBJECTS } from "./faults/commands.js";
import { type Trial, tryFault, undisturbed } from "./faults/driver.js";
import { allDeceits, tryDeceit, writesIn } from "./faults/lies.js";
import { allFaults, allSignals, sample } from "./faults/matrix.js";
import { trySignal } from "./faults/signals.js";
import { openStage, type Stage } from "./faults/stage.js";
import { summary } from "./faults/summary.js";
import { AMOUNT, FULL, IN_CI, SEED } from "./support/size.js";

/**
 * `npm run faults` injects every fault at every request; otherwise it is a sample, another one each time. A number is how
 * many faults each command gets.
 */
const WANTED = FULL || AMOUNT !== undefined;
const FAULTS = AMOUNT ?? (IN_CI ? 6 : 3);
const SIGNALS = Math.ceil(FAULTS / 6);

let stage: Stage;
const trials: Trial[] = [];
beforeAll(async () => {
  if (!FULL) process.stdout.write(`Faults of the seed ${SEED}; again with PHALANX_TEST_SEED=${SEED}\n`);
  stage = await openStage();
});
afterAll(async () => {
  await stage.close();
  if (WANTED) process.stdout.write(summary(trials));
});

/** CI tries all commands; elsewhere some of them have to do. */
const chosen = WANTED || IN_CI ? SUBJECTS : sample(SUBJECTS, 6, SEED);

const wrongIn = (own: readonly Trial[]): string[] =>
  own.flatMap(({ fault, wrong, said }) => wrong.map((text) => `${fault}: ${text}\n${said}`));

describe.each(chosen.map((subject) => [subject.name, subject] as const))("%s", (_, subject) => {
  test("loses and repeats nothing, whatever breaks at whichever request", { timeout: 3_600_000 }, async () => {
    const prepared = await prepare(stage, subject);
    const ideal = await undisturbed(stage, prepared);
    const [faults, signals] = [allFaults(ideal), allSignals(ideal)];
    const own: Trial[] = [];
    for (const fault of FULL ? faults : sample(faults, FAULTS, SEED))
      own.push(await tryFault(stage, prepared, ideal, fault));
    for (const signal of FULL ? signals : sample(signals, SIGNALS, SEED))
      own.push(await trySignal(stage, prepared, ideal, signal));
    trials.push(...own);
    expect(wrongIn(own)).toEqual([]);
  });

  test("says nothing untrue, whatever it is told of its writes", { timeout: 3_600_000 }, async () => {
    const prepared = await prepare(stage, subject);
    const ideal = await undisturbed(stage, prepared);
    const deceits = allDeceits(writesIn(stage));
    const own: Trial[] = [];
    for (const deceit of FULL ? deceits : sample(deceits, FAULTS, SEED))
      own.push(await tryDeceit(stage, prepared, ideal, deceit));
    trials.push(...own);
    expect(wrongIn(own)).toEqual([]);
  });
});
