import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CHARACTER_CLASSES } from "../model/secret.js";
import { classOf, randomText } from "./random-text.js";

test("a random text has its length, only characters of its set, and the minimum of each class", () => {
  const charset = "abcXYZ019!_é😀";
  const minimums = fc.record({ lower: fc.nat(4), upper: fc.nat(4), digit: fc.nat(4), symbol: fc.nat(4) });
  fc.assert(
    fc.property(minimums, fc.nat(20), (minimum, more) => {
      const length = Object.values(minimum).reduce((a, b) => a + b, 0) + more + 1;
      const text = [...randomText({ type: "random", length, charset, minimum }, { randomBytes })];
      expect(text).toHaveLength(length);
      expect(text.every((character) => charset.includes(character))).toBe(true);
      for (const name of CHARACTER_CLASSES)
        expect(text.filter((c) => classOf(c) === name).length).toBeGreaterThanOrEqual(minimum[name]);
    }),
  );
});

test("every character is equally likely at every place", () => {
  const counts = new Map<string, number>();
  const rounds = 6000;
  for (let i = 0; i < rounds; i++) {
    const first = randomText({ type: "random", length: 3, charset: "abc", minimum: {} }, { randomBytes }).charAt(0);
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  // Five standard deviations around a third.
  for (const count of counts.values())
    expect(Math.abs(count - rounds / 3)).toBeLessThan(5 * Math.sqrt((rounds * 2) / 9));
});
