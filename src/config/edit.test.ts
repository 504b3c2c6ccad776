import { describe, expect, test } from "vitest";
import type { Edit } from "../model/explanation.js";
import { settingEdit } from "./edit.js";
import type { Tree } from "./tree.js";

const FILE = "applications/app/values-test.yaml";

function edit(text: string | undefined, path: string): Omit<Edit, "value"> {
  const tree: Tree = {
    display: (shown) => shown,
    exists: () => text !== undefined,
    list: () => [],
    read: () => text,
  };
  const { value: _, place, ...rest } = settingEdit(tree, FILE, path.split("."));
  return { ...rest, place: { ...place, file: "" } };
}

describe("what to write so that a setting is true", () => {
  const added = { replaces: false, under: [], indent: 0, place: { file: "" } };
  test.each([
    ["no file", undefined, "a.b", { ...added, keys: ["a", "b"] }],
    ["an empty file", "", "a", { ...added, keys: ["a"] }],
    ["nothing of it", "other: 1\n", "a.b", { ...added, keys: ["a", "b"] }],
    [
      "a part of it",
      "a:\n   c: 1\n",
      "a.b.d",
      { ...added, under: ["a"], keys: ["b", "d"], indent: 3, place: { file: "", line: 1, column: 1 } },
    ],
    [
      "an empty mapping",
      "x: 1\na: {}\n",
      "a.b",
      { ...added, under: ["a"], keys: ["b"], indent: 2, place: { file: "", line: 2, column: 1 } },
    ],
    [
      "another value",
      "a:\n  b: false\n",
      "a.b",
      { replaces: true, under: [], keys: ["b"], indent: 2, place: { file: "", line: 2, column: 3 } },
    ],
    [
      "nothing where a mapping should be",
      "a:\n  b:\n",
      "a.b.c",
      { replaces: true, under: [], keys: ["b", "c"], indent: 2, place: { file: "", line: 2, column: 3 } },
    ],
    [
      "a text that is no mapping",
      "a: b\n",
      "a.b",
      { replaces: true, under: [], keys: ["a", "b"], indent: 0, place: { file: "", line: 1, column: 1 } },
    ],
  ])("%s is there", (_, text, path, expected) => {
    expect(edit(text, path)).toEqual(expected);
  });
});
