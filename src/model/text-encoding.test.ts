import { expect, test } from "vitest";
import { decodeUtf16, decodeUtf8, encodingOf } from "./text-encoding.js";

test.each([
  ["61c3a4", "aä"],
  ["efbbbf61", "\uFEFFa"],
  ["f09f9880", "\u{1F600}"],
  ["", ""],
  ["61e4", undefined],
  ["eda080", undefined],
  ["c080", undefined],
  ["ff fe 61 00".replaceAll(" ", ""), undefined],
])("the bytes %s are %j", (hex, text) => {
  expect(decodeUtf8(Buffer.from(hex, "hex"))).toBe(text);
});

test.each([
  ["fffe6100", "a"],
  ["feff0061", "a"],
  ["61006200", "ab"],
  ["00610062", "ab"],
  ["61006200e4", undefined],
  ["6100", undefined],
  ["61e4", undefined],
  ["00000000", undefined],
  ["61000000", undefined],
])("the bytes %s are %j in UTF-16, and never UTF-8 as well", (hex, text) => {
  const bytes = Buffer.from(hex, "hex");
  expect(decodeUtf16(bytes)).toBe(text);
  expect(encodingOf(bytes)).toEqual(text === undefined ? {} : { encoding: "UTF-16" });
  if (text !== undefined) expect(decodeUtf8(bytes)).toBeUndefined();
});
