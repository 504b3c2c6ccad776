import { expect, test } from "vitest";
import { durationText, secondsOf } from "./duration.js";

test.each([
  ["30s", 30],
  ["90m", 5400],
  ["1h30m", 5400],
  ["3650d", 315_360_000],
])("%s is %i seconds", (text, seconds) => expect(secondsOf(text)).toBe(seconds));

test.each(["30", "0", "", "0s", "1.5h", "-1h", "1w", "soon", "h", "1h30"])("%j is no duration", (text) =>
  expect(secondsOf(text)).toBeUndefined(),
);

test.each([
  [30, "30s"],
  [3600, "1h"],
  [5400, "1h30m"],
  [90_061, "1d1h1m1s"],
  [0, "0s"],
])("%i seconds are written as %s", (seconds, text) => expect(durationText(seconds)).toBe(text));
