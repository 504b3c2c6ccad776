import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CHARACTER_CLASSES, CLASS_NAMES } from "../model/secret.js";
import { randomText } from "./random-text.js";

test("a random text has its length, only characters of its set, and the minimum of each class", () => {
  const charset = "abcXYZ019!_é😀";
  const minimums = fc.record({ lower: fc.nat(4), upper: fc.nat(4), digit: fc.nat(4), symbol: fc.nat(4) });
  fc.assert(
    fc.property(minimums, fc.nat(20), (minimum, more) => {
      const length = Object.values(minimum).reduce((a, b) => a + b, 0) + more + 1;
      const text = [...randomText({ type: "random", length, charset, minimum }, { randomBytes })];
      expect(text).toHaveLength(length);
      expect(text.every((character) => charset.includes(character))).toBe(true);
      for (const name of CLASS_NAMES)
        expect(text.filter((c) => CHARACTER_CLASSES[name].test(c)).length).toBeGreaterThanOrEqual(minimum[name]);
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

test("characters are of the class that they look like; what is no ASCII letter or digit is a symbol", () => {
  const classes = [..."azAZ09_é😀"].flatMap((c) => CLASS_NAMES.filter((name) => CHARACTER_CLASSES[name].test(c)));
  expect(classes).toEqual(["lower", "lower", "upper", "upper", "digit", "digit", "symbol", "symbol", "symbol"]);
});

test("a minimum of a class that the set lacks is a mistake, not an endless search", () => {
  const rule = { type: "random", length: 3, charset: "abc", minimum: { digit: 1 } } as const;
  expect(() => randomText(rule, { randomBytes })).toThrow("a class without characters was wanted");
});

test("the classes stand in no known order", () => {
  const rule = { type: "random", length: 2, charset: "a1", minimum: { lower: 1, digit: 1 } } as const;
  const made = new Set(Array.from({ length: 100 }, () => randomText(rule, { randomBytes })));
  expect([...made].sort()).toEqual(["1a", "a1"]);
});

test("a draw that would favour the first characters is thrown away", () => {
  // 2^32 is not a multiple of three: 0xffffffff would give the first one an extra chance.
  const draws = [0, 0xffffffff, 1, 0, 0xfffffffe];
  const taken: number[] = [];
  const scripted = (size: number): Uint8Array => {
    const bytes = new Uint8Array(size + 2).subarray(2);
    const next = draws.shift() ?? 0;
    taken.push(next);
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, next);
    return bytes;
  };
  const one = { type: "random", length: 1, charset: "abc", minimum: {} } as const;
  expect(randomText(one, { randomBytes: scripted })).toBe("b");
  expect(randomText(one, { randomBytes: scripted })).toBe("c");
  // The position of the only character is drawn too.
  expect(taken).toEqual([0, 0xffffffff, 1, 0, 0xfffffffe]);
});
