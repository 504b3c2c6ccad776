import fc from "fast-check";
import { load } from "js-yaml";
import { expect, test } from "vitest";
import { foldedScalar } from "./folded-scalar.js";

/** Words, and the whitespace between them. */
const texts = fc
  .array(fc.tuple(fc.string({ minLength: 1, maxLength: 30 }), fc.constantFrom(" ", " ", " ", "  ", "\n", "\n\n")))
  .map((parts) => parts.flat().join(""));

test("reads as the text that it was made from, or is none", () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 8 }), (text, indent) => {
      const folded = foldedScalar(text, indent, 20);
      fc.pre(folded !== undefined);
      expect(load(`a: ${folded}`)).toEqual({ a: text });
    }),
    { numRuns: 1000 },
  );
});

test("has its lines broken at the first single space beyond the width", () => {
  const text = "one two  three four\nfive\n\nsix seven eight nine ten\neleven\n";
  expect(foldedScalar(text, 2, 10)).toBe(`>
  one two  three
  four

  five


  six seven
  eight nine
  ten

  eleven
`);
});

test.each(["", " leading", "trailing ", "\nleading", "a\n b", "caf\u{e9}", "a \nb", "\t"])("is none for %j", (text) => {
  expect(foldedScalar(text, 2, 70)).toBeUndefined();
});
