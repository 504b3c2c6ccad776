import fc from "fast-check";
import { expect, test } from "vitest";
import { compareCodePoints } from "./code-points.js";

test("compareCodePoints orders as Python does", () => {
  const text = fc.string({ unit: "binary", maxLength: 4 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      const points = (s: string): number[] => [...s].map((c) => c.codePointAt(0) ?? 0);
      const [x, y] = [points(a), points(b)];
      const i = x.findIndex((point, at) => point !== y[at]);
      const expected = i < 0 ? x.length - y.length : y[i] === undefined ? 1 : (x[i] ?? 0) - y[i];
      expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(expected));
    }),
    {
      examples: [
        ["\uffff", "😀"],
        ["a", "ab"],
      ],
    },
  );
});
