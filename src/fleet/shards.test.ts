import { expect, test } from "vitest";
import { partition } from "./shards.js";

test("shards take every environment exactly once, in any order of the names", () => {
  const names = ["e", "d", "c", "b", "a"];
  const parts = [1, 2, 3].map((index) => partition(names, { index, of: 3 }));
  expect(parts).toEqual([["a", "d"], ["b", "e"], ["c"]]);
  expect(partition(names.toReversed(), { index: 1, of: 3 })).toEqual(parts[0]);
});
