import { expect, test } from "vitest";
import { retry, until } from "./retry.js";

const pausing = (): { readonly waited: number[]; readonly wait: (milliseconds: number) => Promise<void> } => {
  const waited: number[] = [];
  return { waited, wait: (milliseconds) => Promise.resolve(void waited.push(milliseconds)) };
};

test("asks until the result shows what it should, with pauses that double", async () => {
  const { waited, wait } = pausing();
  const count = await retry(
    (count) => Promise.resolve(count),
    until((count) => count === 4, 7),
    wait,
  );
  expect([count, waited]).toEqual([4, [100, 200, 400]]);
});

test("gives back the last result where it never does", async () => {
  const { waited, wait } = pausing();
  const count = await retry(
    (count) => Promise.resolve(count),
    until(() => false, 3),
    wait,
  );
  expect([count, waited]).toEqual([3, [100, 200]]);
});

test("does not go on after a pause in which somebody has asked to stop", async () => {
  let done = 0;
  await retry(
    () => Promise.resolve((done += 1)),
    () => 10,
    () => Promise.resolve(false),
  );
  expect(done).toBe(1);
});
