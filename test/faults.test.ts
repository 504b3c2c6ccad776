import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepare, SUBJECTS } from "./faults/commands.js";
import { type Trial, tryFault, undisturbed } from "./faults/driver.js";
import { allDeceits, tryDeceit, writesIn } from "./faults/lies.js";
import { allFaults, allSignals, sample } from "./faults/matrix.js";
import { trySignal } from "./faults/signals.js";
import { openStage, type Stage } from "./faults/stage.js";
import { summary } from "./faults/summary.js";

/**
 * `npm run faults` injects every fault at every request; otherwise it is a sample, another one each time. A number is how
 * many faults each command gets.
 */
const WANTED = process.env["PHALANX_TEST_FAULTS"];
const ALL = WANTED === "all";
const IN_CI = process.env["PHALANX_TEST_ALL"] === "1";
const FAULTS = Number(WANTED) || (IN_CI ? 6 : 3);
const SIGNALS = Math.ceil(FAULTS / 6);
const SEED = Number(process.env["PHALANX_TEST_SEED"] ?? Date.now() % 1_000_000);

let stage: Stage;
const trials: Trial[] = [];
beforeAll(async () => {
  if (!ALL) process.stdout.write(`Faults of the seed ${SEED}; again with PHALANX_TEST_SEED=${SEED}\n`);
  stage = await openStage();
});
afterAll(async () => {
  await stage.close();
  if (WANTED !== undefined) process.stdout.write(summary(trials));
});

/** CI tries all commands; elsewhere some of them have to do. */
const chosen = WANTED !== undefined || IN_CI ? SUBJECTS : sample(SUBJECTS, 6, SEED);

const wrongIn = (own: readonly Trial[]): string[] =>
  own.flatMap(({ fault, wrong, said }) => wrong.map((text) => `${fault}: ${text}\n${said}`));

describe.each(chosen.map((subject) => [subject.name, subject] as const))("%s", (_, subject) => {
  test("loses and repeats nothing, whatever breaks at whichever request", { timeout: 3_600_000 }, async () => {
    const prepared = await prepare(stage, subject);
    const ideal = await undisturbed(stage, prepared);
    const [faults, signals] = [allFaults(ideal), allSignals(ideal)];
    const own: Trial[] = [];
    for (const fault of ALL ? faults : sample(faults, FAULTS, SEED))
      own.push(await tryFault(stage, prepared, ideal, fault));
    for (const signal of ALL ? signals : sample(signals, SIGNALS, SEED))
      own.push(await trySignal(stage, prepared, ideal, signal));
    trials.push(...own);
    expect(wrongIn(own)).toEqual([]);
  });

  test("says nothing untrue, whatever it is told of its writes", { timeout: 3_600_000 }, async () => {
    const prepared = await prepare(stage, subject);
    const ideal = await undisturbed(stage, prepared);
    const deceits = allDeceits(writesIn(stage));
    const own: Trial[] = [];
    for (const deceit of ALL ? deceits : sample(deceits, FAULTS, SEED))
      own.push(await tryDeceit(stage, prepared, ideal, deceit));
    trials.push(...own);
    expect(wrongIn(own)).toEqual([]);
  });
});
