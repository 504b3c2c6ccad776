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
  ["fffe6100", "a", "UTF-16"],
  ["feff0061", "a", "UTF-16"],
  ["61006200", "ab", "UTF-16LE"],
  ["00610062", "ab", "UTF-16BE"],
  // Includes a non-English letter and a NUL.
  ["610019206200", "a\u2019b", "UTF-16LE"],
  ["201900610062", "\u2019ab", "UTF-16BE"],
  ["61006200630064006500000066006700", "abcde\0fg", "UTF-16LE"],
  ["61006200e4", undefined, undefined],
  ["6100", undefined, undefined],
  ["61e4", undefined, undefined],
  ["00000000", undefined, undefined],
  ["61000000", undefined, undefined],
  ["6100616161616161", undefined, undefined],
])("the bytes %s are %j in UTF-16, and never UTF-8 as well", (hex, text, encoding) => {
  const bytes = Buffer.from(hex, "hex");
  expect(decodeUtf16(bytes)).toBe(text);
  expect(encodingOf(bytes)).toEqual(encoding === undefined ? {} : { encoding });
  if (text !== undefined) expect(decodeUtf8(bytes)).toBeUndefined();
});
