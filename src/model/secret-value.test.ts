import { inspect } from "node:util";
import { expect, test } from "vitest";
import { ForeignValue, SecretValue } from "./secret-value.js";

test.each([new SecretValue("hunter2"), new ForeignValue('{"a":"hunter2"}')])("%s shows itself nowhere", (value) => {
  const shown = [
    String(value),
    JSON.stringify({ value }),
    inspect({ value }, { depth: 9, showHidden: true }),
    Object.keys(value).join(),
  ];
  expect(shown.join("\n")).not.toContain("hunter2");
  expect(() => structuredClone(value)).not.toThrow();
  expect(JSON.stringify(structuredClone(value))).not.toContain("hunter2");
});

test.each([
  ["5", false],
  ["123456789012345", false],
  ["1234567890123456", true],
  ["12345678901234567000", true],
  ["100000000000000000000", true],
  ["1000000000000000000", true],
  ["9007199254740992", true],
  ["-9007199254740993", true],
  ["1e+22", true],
  ["1.5E300", true],
  ["1e400", true],
  ["9e15", false],
  ["1e-7", false],
  ["-0", false],
  ["0.000000123456789012345", false],
  ["1.50000000000000000000", true],
  ['{"a":[{"b":1e+22}]}', true],
  ['["1e22","\\\\",7]', false],
  ["0.1234567890123456", true],
  ['"1234567890123456789"', false],
  ['{"\\"1234567890123456789":[1,{"x":-1.2345678901234567e3}]}', true],
])("the number in %s may have been rounded: %s", (json, expected) => {
  expect(new ForeignValue(json).mayBeRounded).toBe(expected);
});
