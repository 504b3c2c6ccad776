import { expect, test } from "vitest";
import { decodeUtf8 } from "./decode.js";

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
