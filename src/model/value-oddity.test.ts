import { expect, test } from "vitest";
import { oddityOf } from "./value-oddity.js";

test.each([
  ["x", undefined],
  ["x\n", "newline-at-end"],
  ["x\r\n", "newline-at-end"],
  ["\n", "newline-at-end"],
  ['{"a": 1}\n', undefined],
  ["{a\n", "newline-at-end"],
  ["two\nlines\n", undefined],
  ["-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n", undefined],
  ["-----BEGIN PRIVATE KEY----- abc -----END PRIVATE KEY-----", "pem-on-one-line"],
  ["-----BEGIN PRIVATE KEY----- abc -----END PRIVATE KEY-----\n", "pem-on-one-line"],
  [String.raw`-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----`, "pem-on-one-line"],
  [String.raw`{"key": "-----BEGIN PRIVATE KEY-----\nabc"}`, undefined],
])("%j is %s", (text, oddity) => {
  expect(oddityOf(text)).toBe(oddity);
});
