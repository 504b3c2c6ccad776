import { describe, expect, test } from "vitest";
import { holds, isConditionPath, isTruthy } from "./helm-values.js";

describe("a condition", () => {
  const values = { a: { b: true, c: [], d: "false", e: { f: 0 }, g: null }, list: ["x"], text: "abc", __proto__x: 1 };

  test.each([
    ["a.b", true],
    ["a.c", false],
    ["a.d", true],
    ["a.e", true],
    ["a.e.f", false],
    ["a.g", false],
    ["a.g.h", false],
    ["a.nothing", false],
    ["list.x", false],
    ["text.a", false],
    ["constructor", false],
    ["toString.name", false],
    ["", true],
    [null, true],
    [undefined, true],
  ])("%j is %j", (condition, expected) => {
    expect(holds(condition, values)).toBe(expected);
  });

  test.each([
    [0, false],
    [-0, false],
    [0.1, true],
    [Number.NaN, true],
    [0n, false],
    [10n, true],
    ["0", true],
    ["", false],
    [new Date(0), true],
    [new Uint8Array(), false],
    [{}, false],
    [[0], true],
  ])("the value %s counts as %j", (value, expected) => {
    expect(isTruthy(value)).toBe(expected);
  });

  test.each(["a..b", ".a", "a.", "a b", "", " ", "a. b"])("%j is no path", (text) => {
    expect(isConditionPath(text)).toBe(false);
  });
});
